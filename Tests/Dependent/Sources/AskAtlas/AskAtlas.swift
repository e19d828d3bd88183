import AtlasQuery
import AtlasStore

/// Opens an atlas and asks it three questions.
@main struct AskAtlas {
    static func main() throws {
        guard let path = CommandLine.arguments.dropFirst().first else { fatalError("usage: AskAtlas FILE") }
        let reader = AtlasReader(try Atlas.open(path, mode: .readOnly))
        print("prompts \(try reader.information().promptCount)")
        let drivers = try reader.drivers(of: reader.token(" Austin"), limit: 3)
        for feature in drivers.features { print("driver \(feature.node.feature.map { "\($0)" } ?? "-")") }
        print("found \(try reader.search("Dallas").prompts.count > 0)")
    }
}
