import ArgumentParser
import AtlasQuery
import Attribution
import Circuits
import Texts

/// `2/157@12=4.5`, `2/157@10-12=x2` or `2/157@12-=x0`: a feature, where, and what it becomes.
struct FeatureSetting: ExpressibleByArgument {
    let intervention: Intervention

    init?(argument: String) {
        let sides = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard sides.count == 2, let place = FeatureGroup(sides[0]), place.features.count == 1,
            let setting = Intervention.Setting(sides[1])
        else { return nil }
        intervention = Intervention(feature: place.features[0], positions: place.positions, setting: setting)
    }
}

/// `texas=2/157,3/40@12=x0`, or of a supernode that is stored `texas=x0` or `texas@12-=x0`.
struct SupernodeSetting: ExpressibleByArgument {
    let label: String
    private let setting: Intervention.Setting
    /// The features given on the command line, and where; `nil` for a stored supernode.
    private let group: FeatureGroup?
    /// Where a stored supernode is set, if not where it stands.
    private let positions: PositionRange?

    init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let setting = Intervention.Setting(parts[parts.count - 1]) else {
            return nil
        }
        self.setting = setting
        if parts.count == 3 {
            guard !parts[0].isEmpty, let group = FeatureGroup(parts[1]) else { return nil }
            label = String(parts[0])
            self.group = group
            positions = nil
        } else {
            let place = parts[0].split(separator: "@", omittingEmptySubsequences: false)
            guard (1...2).contains(place.count), !place[0].isEmpty else { return nil }
            label = String(place[0])
            group = nil
            positions = place.count == 2 ? PositionRange(place[1]) : nil
            if place.count == 2, positions == nil { return nil }
        }
    }

    /// One intervention a feature.
    ///
    /// - Parameter stored: the supernodes that can be named
    func interventions(stored: [Supernode]) throws -> [Intervention] {
        if let group {
            return group.features.map { Intervention(feature: $0, positions: group.positions, setting: setting) }
        }
        guard let supernode = stored.first(where: { ExactText($0.label) == ExactText(label) }) else {
            let nearest = NearestNames.of(label, among: stored.map(\.label))
            throw ValidationError(
                "--supernode: there is no stored supernode \(label); "
                    + (stored.isEmpty
                        ? "name its features, as \(label)=2/157,3/40@12=x0, or a file of them with --supernodes"
                        : "nearest: \((nearest.isEmpty ? stored.map(\.label) : nearest).joined(separator: ", "))"))
        }
        var interventions = Intervention.interventions(supernode, setting: setting)
        if let positions {
            // A feature that stands at several positions is set once.
            var seen = Set<FeatureID>()
            interventions = interventions.filter { seen.insert($0.feature).inserted }.map {
                Intervention(feature: $0.feature, positions: positions, setting: setting)
            }
        }
        return interventions
    }
}

/// `2/157,3/40@12`: features that share their positions.
private struct FeatureGroup {
    let features: [FeatureID]
    let positions: PositionRange

    init?(_ text: Substring) {
        let place = text.split(separator: "@", omittingEmptySubsequences: false)
        guard place.count == 2, let positions = PositionRange(place[1]) else { return nil }
        let names = place[0].split(separator: ",", omittingEmptySubsequences: false)
        features = names.compactMap { FeatureID($0) }
        guard features.count == names.count else { return nil }
        self.positions = positions
    }
}

extension Intervention.Setting {
    /// Reads `4.5`, or `x2` for a multiple.
    fileprivate init?(_ text: Substring) {
        let multiplies = text.first == "x"
        guard let number = Float(multiplies ? text.dropFirst() : text), number.isFinite else { return nil }
        self = multiplies ? .multiple(number) : .value(number)
    }
}
