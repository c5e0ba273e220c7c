/// A view of bytes in shared, immutable storage: slicing one read into frames copies nothing.
@usableFromInline
package typealias Bytes = ArraySlice<UInt8>

extension ArraySlice<UInt8> {
  /// The UTF-8 bytes of a string.
  @inlinable
  package init(utf8 string: some StringProtocol) { self = ArraySlice(Array(string.utf8)) }

  /// The bytes as text; sequences that are not UTF-8 become U+FFFD.
  @inlinable
  package var text: String { String(decoding: self, as: UTF8.self) }
}
