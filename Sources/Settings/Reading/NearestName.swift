/// The name that was probably meant: the nearest by edit distance, nil when none is near.
///
/// A swap of two neighbours counts as one edit. Near is one edit in three characters; equal distance goes to
/// the name that comes first.
func nearestName(to text: String, among names: [String]) -> String? {
  guard text.count <= 64 else { return nil }
  let limit = max(1, text.count / 3)
  let nearest = names.map { (name: $0, distance: editDistance(text.lowercased(), $0)) }
    .min { $0.distance < $1.distance }
  guard let nearest, nearest.distance <= limit else { return nil }
  return nearest.name
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other.
func editDistance(_ left: String, _ right: String) -> Int {
  let (left, right) = (Array(left), Array(right))
  if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for (row, letter) in left.enumerated() {
    var current = [row + 1]
    for (column, other) in right.enumerated() {
      var best = min(last[column + 1] + 1, current[column] + 1, last[column] + (letter == other ? 0 : 1))
      if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
        best = min(best, beforeLast[column - 1] + 1)
      }
      current.append(best)
    }
    beforeLast = last
    last = current
  }
  return last[right.count]
}
