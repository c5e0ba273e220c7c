package import HTTPTypes

/// One operation of the admin API: where it is, what it is, and what it does.
///
/// Handlers run off the reactor's thread, so they may wait for a disk; what takes long of the processor belongs on
/// a queue of its own. A thrown `AdminError` is the answer; any other error is 500, told in the log.
package struct Route: Sendable {
  package typealias Handler = @Sendable (AdminRequest) async throws -> AdminReply

  package let method: HTTPRequest.Method
  /// Below `/admin/api`.
  package let pattern: PathPattern
  package let operation: Operation
  /// Whether it takes a login where there is a password. Only the routes of the session do without.
  let needsLogin: Bool
  /// Whether orders need the CSRF token. Only the login does without: there is nothing to ride on yet.
  let needsToken: Bool
  let handler: Handler

  package init(
    _ method: HTTPRequest.Method, _ pattern: String, _ operation: Operation, handler: @escaping Handler
  ) {
    self.init(method, pattern, operation, needsLogin: true, needsToken: method != .get, handler: handler)
  }

  init(
    _ method: HTTPRequest.Method, _ pattern: String, _ operation: Operation, needsLogin: Bool,
    needsToken: Bool, handler: @escaping Handler
  ) {
    self.method = method
    self.pattern = PathPattern(pattern)
    self.operation = operation
    self.needsLogin = needsLogin
    self.needsToken = needsToken
    self.handler = handler
  }
}

/// Routes that belong together: one file, one line in `AdminSite`.
package protocol RouteGroup: Sendable {
  /// How the API's description calls the group.
  var title: String { get }
  var routes: [Route] { get }
}
