/// Byte strings with their ids, found as beginnings of a text.
struct ByteTrie: Sendable {
    /// The node behind a node and a byte.
    private var children: [Int: Int32] = [:]
    /// `[nodes]`, the id of the string that ends there, or -1.
    private var ids: [Int32] = [-1]

    /// A trie of distinct strings; empty ones are never found.
    init(_ strings: [(bytes: [UInt8], id: Int)]) {
        for (bytes, id) in strings where !bytes.isEmpty {
            var node = 0
            for byte in bytes {
                let key = node << 8 | Int(byte)
                if let next = children[key] {
                    node = Int(next)
                } else {
                    children[key] = Int32(ids.count)
                    node = ids.count
                    ids.append(-1)
                }
            }
            ids[node] = Int32(id)
        }
    }

    /// Calls `body` with each string that the text from `start` begins with, shortest first, and where it ends.
    func forEachPrefix(of text: UnsafeBufferPointer<UInt8>, from start: Int, _ body: (_ id: Int, _ end: Int) -> Void) {
        var node = 0
        var position = start
        while position < text.count, let next = children[node << 8 | Int(text[position])] {
            node = Int(next)
            position += 1
            if ids[node] >= 0 { body(Int(ids[node]), position) }
        }
    }
}
