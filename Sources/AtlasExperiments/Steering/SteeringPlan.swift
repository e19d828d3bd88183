import AtlasQuery
import AtlasStore
import Circuits
import Foundation
import GRDB

/// Which features are steered in which prompts.
struct SteeringPlan {
    /// A feature, the prompts that its mean is learnt from, and those that are foretold.
    struct Subject {
        let feature: FeatureID
        var learnt: [Int] = []
        var heldOut: [Int] = []
    }

    private static let candidates = """
        SELECT layer, feature_index FROM feature_statistics WHERE active_prompts >= ? ORDER BY layer, feature_index
        """
    private static let tokensOfPrompt = "SELECT tokens FROM prompts WHERE id = ?"

    private(set) var candidateCount = 0
    private(set) var subjects: [Subject] = []
    /// By prompt: where each feature fires that is steered there.
    private var firings: [Int: [FeatureID: [Int]]] = [:]
    private var tokens: [Int: [Int]] = [:]

    /// Draws features, and for each prompts, half of which are held out.
    init(_ options: SteeringOptions, _ reader: AtlasReader, _ db: Database) throws {
        let group = options.group
        let allowed =
            group.conditions.isEmpty ? nil : Set(try reader.prompts(where: group, needGraphs: false, db))
        let features = try StoredRow.fetchAll(db, sql: Self.candidates, arguments: [SteeringOptions.fewestPrompts])
            .map { try reader.storedFeature(in: $0) }
        var numbers = SeededNumbers(seed: options.seed, stream: .max - 3)
        for feature in features.shuffled(using: &numbers) {
            // Without a group each candidate has prompts enough; in one they are counted to the end.
            guard allowed != nil || subjects.count < options.features else { break }
            guard
                let places = try places(
                    of: feature, allowed, options, atLeast: SteeringOptions.fewestPrompts, reader, db)
            else {
                continue
            }
            candidateCount += 1
            guard subjects.count < options.features else { continue }
            let prompts = places.map(\.prompt)
            subjects.append(
                Subject(
                    feature: feature, learnt: Array(prompts.prefix(prompts.count / 2)),
                    heldOut: Array(prompts.dropFirst(prompts.count / 2))))
            try add(feature, places, reader, db)
        }
        if allowed == nil { candidateCount = features.count }
        subjects.sort { $0.feature < $1.feature }
    }

    /// One feature in prompts that are drawn from those where it fires.
    init(of feature: FeatureID, _ options: SteeringOptions, _ reader: AtlasReader, _ db: Database) throws {
        let group = options.group
        let allowed =
            group.conditions.isEmpty ? nil : Set(try reader.prompts(where: group, needGraphs: false, db))
        guard let places = try places(of: feature, allowed, options, atLeast: 1, reader, db) else {
            throw QuestionError.emptyGroup(filter: "\(group) where \(feature) fires", needsGraphs: false)
        }
        subjects = [Subject(feature: feature, learnt: places.map(\.prompt))]
        try add(feature, places, reader, db)
    }

    /// What is to be run for some of the features, by prompt.
    func work(for subjects: some Sequence<Subject>) -> [SteeringRuns.Work] {
        var wanted: [Int: [FeatureID]] = [:]
        for subject in subjects {
            for prompt in subject.learnt + subject.heldOut { wanted[prompt, default: []].append(subject.feature) }
        }
        return wanted.sorted { $0.key < $1.key }.map { prompt, features in
            SteeringRuns.Work(
                prompt: prompt, tokens: tokens[prompt]!,
                firings: features.map { ($0, firings[prompt]![$0]!) })
        }
    }

    /// Prompts where a feature fires, drawn; `nil` for too few.
    private func places(
        of feature: FeatureID, _ allowed: Set<Int>?, _ options: SteeringOptions, atLeast fewest: Int,
        _ reader: AtlasReader, _ db: Database
    ) throws -> [(prompt: Int, positions: [Int])]? {
        var positions: [Int: [Int]] = [:]
        for firing in try reader.firings(of: feature, db) where allowed?.contains(firing.promptID) ?? true {
            positions[firing.promptID, default: []].append(firing.position)
        }
        guard positions.count >= fewest else { return nil }
        let key = NodeKey(feature).rawValue
        var numbers = SeededNumbers(seed: options.seed, stream: UInt64(truncatingIfNeeded: key))
        // In an order that does not depend on ids.
        return try reader.canonical(Array(positions.keys), db).shuffled(using: &numbers).prefix(options.prompts)
            .map { ($0, positions[$0]!) }
    }

    private mutating func add(
        _ feature: FeatureID, _ places: [(prompt: Int, positions: [Int])], _ reader: AtlasReader, _ db: Database
    ) throws {
        for (prompt, positions) in places {
            firings[prompt, default: [:]][feature] = positions
            guard tokens[prompt] == nil else { continue }
            let row = try StoredRow.fetchExisting(
                db.cachedStatement(sql: Self.tokensOfPrompt), "prompts", arguments: [prompt])
            tokens[prompt] = try reader.tokens(row["tokens"], prompt: prompt)
        }
    }
}
