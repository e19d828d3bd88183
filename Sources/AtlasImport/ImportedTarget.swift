import Circuits
import Texts

extension LogitTarget {
    /// A target that a file numbers behind the vocabulary. What it is made of is told by no file, so that it is kept as a
    /// direction of its name.
    ///
    /// - Parameters:
    ///   - importedName: what the file calls it
    ///   - place: its place in the graph's list
    init(importedName: String?, place: Int, vocabularySize: Int, weight: Float, position: Int) {
        // People read a direction's name behind this word.
        let word = "direction "
        let given = importedName ?? "target \(place)"
        let name =
            given.utf8.starts(with: word.utf8) && given.utf8.count > word.utf8.count
            ? String(decoding: given.utf8.dropFirst(word.utf8.count), as: UTF8.self) : given
        self.init(
            .direction(name: name, vector: [], weight: weight), virtualToken: vocabularySize + place, weight: weight,
            position: position)
    }
}
