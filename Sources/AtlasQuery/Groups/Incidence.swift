/// Which prompts have which things, and how strongly: one list of prompts for each thing.
///
/// Prompts are places in a group in canonical order, and are added in it, so that lists and sums come in it too.
struct Incidence<Key: Hashable & Comparable> {
    /// One prompt that has a thing.
    struct Entry {
        let prompt: UInt32
        let value: Double
    }

    private var numbers: [Key: UInt32] = [:]
    private var keys: [Key] = []
    private var things: [UInt32] = []
    private var entries: [Entry] = []

    /// Says that a prompt has a thing; at most once a prompt and thing.
    mutating func add(_ key: Key, prompt: Int, value: Double) { add(number(of: key), prompt: prompt, value: value) }

    /// A thing's number, a new one for a new thing.
    mutating func number(of key: Key) -> UInt32 {
        if let known = numbers[key] { return known }
        let number = UInt32(keys.count)
        numbers[key] = number
        keys.append(key)
        return number
    }

    /// The same of a thing whose number is known.
    mutating func add(_ number: UInt32, prompt: Int, value: Double) {
        things.append(number)
        entries.append(Entry(prompt: UInt32(prompt), value: value))
    }

    /// Every thing in ascending order, with its prompts in the order in which they were added.
    func sorted() -> SortedIncidence<Key> {
        let order = keys.indices.sorted { keys[$0] < keys[$1] }
        var places = [Int](repeating: 0, count: keys.count)
        for (place, number) in order.enumerated() { places[number] = place }
        var starts = [Int](repeating: 0, count: keys.count + 1)
        for thing in things { starts[places[Int(thing)] + 1] += 1 }
        for place in keys.indices { starts[place + 1] += starts[place] }
        var next = starts
        var sorted = entries
        for (entry, thing) in zip(entries, things) {
            let place = places[Int(thing)]
            sorted[next[place]] = entry
            next[place] += 1
        }
        return SortedIncidence(keys: order.map { keys[$0] }, starts: starts, entries: sorted)
    }
}

/// Things in ascending order and the prompts that have each.
struct SortedIncidence<Key: Hashable & Comparable> {
    let keys: [Key]
    /// Where each thing's prompts begin in `entries`; one more than there are things.
    let starts: [Int]
    let entries: [Incidence<Key>.Entry]

    /// The prompts of a thing by its place in `keys`.
    subscript(place: Int) -> ArraySlice<Incidence<Key>.Entry> { entries[starts[place]..<starts[place + 1]] }
}
