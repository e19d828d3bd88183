import Texts

/// Where a replacement model agrees with the underlying one, added up over prompts of one kind.
struct FidelitySums: Sendable, Codable, Equatable {
    /// At the answer position, the last of a whole prompt: what a graph of the prompt explains.
    var answers = NextTokenSums()
    /// At every counted position.
    var tokens = NextTokenSums()
    /// `[layerCount]`: at the answer position, with one layer replaced alone; zeros where it was not asked for.
    var layersAlone: [NextTokenSums]

    init(layerCount: Int) { layersAlone = [NextTokenSums](repeating: NextTokenSums(), count: layerCount) }

    mutating func add(_ other: FidelitySums) {
        answers.add(other.answers)
        tokens.add(other.tokens)
        for layer in layersAlone.indices { layersAlone[layer].add(other.layersAlone[layer]) }
    }
}

/// The sums of each family of prompts, in the order in which families first came.
struct FamilySums: Sendable, Codable, Equatable {
    /// One family.
    struct Family: Sendable, Codable, Equatable {
        /// Its name; `nil` for prompts of none.
        let name: String?
        var sums: FidelitySums
    }

    private(set) var families: [Family] = []
    /// Each family's place, by the bytes of its name; found anew after decoding.
    private var places: [ExactText?: Int] = [:]

    private enum CodingKeys: CodingKey { case families }

    init() {}

    init(from decoder: any Decoder) throws {
        families = try decoder.container(keyedBy: CodingKeys.self).decode([Family].self, forKey: .families)
        for (place, family) in families.enumerated() { places[family.name.map { ExactText($0) }] = place }
    }

    /// Adds what was found on prompts of a family.
    mutating func add(_ sums: FidelitySums, to name: String?) {
        let key = name.map { ExactText($0) }
        if let place = places[key] {
            families[place].sums.add(sums)
        } else {
            places[key] = families.count
            families.append(Family(name: name, sums: sums))
        }
    }

    /// Whether every family has sums for so many layers.
    func hasLayers(_ count: Int) -> Bool { families.allSatisfy { $0.sums.layersAlone.count == count } }
}
