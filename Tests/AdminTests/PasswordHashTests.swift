import Admin
import Pipeline
import Settings
import Testing

@Suite struct PasswordHashTests {
  @Test func `the text knows the password and no other`() throws {
    let hash = try #require(PasswordHash(SiteFixture.hash))
    #expect(hash.text == SiteFixture.hash)
    #expect(hash.matches(SiteFixture.password))
    #expect(!hash.matches(SiteFixture.password + " ") && !hash.matches(""))
  }

  @Test func `each hash has a salt of its own`() throws {
    #expect(try PasswordHash(password: SiteFixture.password).text != SiteFixture.hash)
  }

  @Test func `a composed character is the same as its parts`() throws {
    #expect(try PasswordHash(password: "caf\u{e9} au lait").matches("cafe\u{301} au lait"))
  }

  static let salt = "AAAAAAAAAAAAAAAAAAAAAA=="
  static let hash = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

  @Test(arguments: [
    "", "password", "scrypt", "scrypt$32768$8$1$\(salt)", "bcrypt$32768$8$1$\(salt)$\(hash)",
    // Too weak, too costly, no power of two, no number.
    "scrypt$1024$8$1$\(salt)$\(hash)", "scrypt$1048576$32$1$\(salt)$\(hash)",
    "scrypt$32769$8$1$\(salt)$\(hash)",
    "scrypt$x$8$1$\(salt)$\(hash)", "scrypt$32768$8$9999$\(salt)$\(hash)",
    "scrypt$-32768$8$1$\(salt)$\(hash)",
    "scrypt$9223372036854775807$8$1$\(salt)$\(hash)", "scrypt$32768$8$1$\(salt)$AAAA",
    "scrypt$32768$8$1$!$\(hash)",
    "scrypt$32768$8$1$AAAA$\(hash)", "scrypt$32768$8$1$\(salt)$\(hash)$",
  ])
  func `what is no such text is refused`(text: String) {
    #expect(PasswordHash(text) == nil)
  }

  @Test func `who is reachable from elsewhere needs a password`() {
    var settings = Settings.WebAdmin()
    #expect(AdminExposure.problem(settings, host: "127.0.0.1") == nil)
    for host in ["0.0.0.0", "::", "192.168.1.2", "proxy.lan", "127.evil.example"] {
      #expect(AdminExposure.problem(settings, host: host)?.contains("admin-password") == true, "\(host)")
    }
    settings.passwordHash = Secret(SiteFixture.hash)
    #expect(AdminExposure.problem(settings, host: "0.0.0.0") == nil)
    settings.passwordHash = Secret("my password")
    #expect(AdminExposure.problem(settings, host: "127.0.0.1") != nil)
    settings.isEnabled = false
    #expect(AdminExposure.problem(settings, host: "0.0.0.0") == nil)
  }
}
