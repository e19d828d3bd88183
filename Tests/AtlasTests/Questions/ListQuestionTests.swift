import Circuits
import GRDB
import Testing

@testable import AtlasQuery
@testable import AtlasStore

/// Lists of features, prompts and tokens: their orders, their filters, and how they go on.
struct ListQuestionTests {
    private let fixture: QueryFixture

    init() throws { fixture = try QueryFixture(count: 30, signed: true) }

    /// Every part of a list, one after the other, by the mark that each part gives for the next.
    private func whole<Item>(_ size: Int, _ part: (ListRange) throws -> ItemList<Item>) throws -> [Item] {
        var items: [Item] = []
        var cursor: ListCursor?
        while true {
            let list = try part(ListRange(limit: size, after: cursor))
            items += list.items
            guard let next = list.next else {
                #expect(items.count == list.total)
                return items
            }
            cursor = ListCursor(next)
            #expect(cursor?.offset == items.count && cursor?.key != nil)
        }
    }

    @Test(arguments: FeatureOrder.names)
    func `features in parts are the list in one, whatever the order`(name: String) throws {
        let order = try #require(FeatureOrder(name))
        let all = try fixture.reader.featureList(order: order, range: ListRange(limit: 10_000)).items
        #expect(all.count == fixture.oracle.features.count)
        #expect(try whole(3) { try fixture.reader.featureList(order: order, range: $0) } == all)
        let backwards = FeatureOrder(order.key, isBackwards: !order.isBackwards)
        let turned = try fixture.reader.featureList(order: backwards, range: ListRange(limit: 10_000)).items
        func value(_ item: FeatureListItem) -> Double? {
            switch order.key {
            case .feature: Double(item.feature.layer << 24 | item.feature.index)
            case .density: Double(item.activeTokens)
            case .prompts: Double(item.activePrompts)
            case .maximum: item.maximum
            case .mean: item.mean
            case .minimum: item.minimum
            }
        }
        #expect(all.compactMap(value) == turned.compactMap(value).reversed())
        #expect(all.drop { value($0) != nil }.allSatisfy { value($0) == nil }, "what has no value is last")
    }

    @Test(arguments: PromptOrder.names)
    func `prompts in parts are the list in one, whatever the order`(name: String) throws {
        let order = try #require(PromptOrder(name))
        let all = try fixture.reader.promptList(order: order, range: ListRange(limit: 10_000)).items
        #expect(Set(all.map(\.id)).count == 30)
        #expect(try whole(4) { try fixture.reader.promptList(order: order, range: $0) } == all)
    }

    @Test(arguments: LogitOrder.names)
    func `tokens in parts are the list in one, whatever the order`(name: String) throws {
        let order = try #require(LogitOrder(name))
        let all = try fixture.reader.logitList(order: order, range: ListRange(limit: 10_000)).items
        #expect(!all.isEmpty)
        #expect(try whole(2) { try fixture.reader.logitList(order: order, range: $0) } == all)
    }

    @Test func `a part goes on behind its last item, whatever has come in before it`() throws {
        let first = try fixture.reader.promptList(order: PromptOrder(.text), range: ListRange(limit: 5))
        let cursor = try #require(first.next.flatMap { ListCursor($0) })
        var facts = RandomFacts.prompts(31)[30]
        facts.text = "  before all others"
        let writer = AtlasWriter(fixture.test.atlas)
        let run = try writer.beginRun(corpus: "later corpus")
        try writer.commit([facts], run: run)
        try writer.finishRun(run)
        let next = try fixture.reader.promptList(
            order: PromptOrder(.text), range: ListRange(limit: 100, after: cursor)
        ).items
        #expect(!next.contains { item in first.items.contains { $0.id == item.id } })
        #expect(next.count == 25)
    }

    @Test func `a mark whose item is gone is a number of items, and what is no mark is refused`() throws {
        let skipped = try fixture.reader.promptList(range: ListRange(limit: 2, after: ListCursor("3~99999")))
        #expect(skipped.items.map(\.id) == [4, 5])
        for text in ["", "~", "3~", "a", "3~x", "-1", "3~1/2/3", "1e3", "99999999999", "3~1~2", "٣"] {
            #expect(ListCursor(text) == nil, "\(text)")
        }
        for text in ["0", "50~1665", "50~2/157"] { #expect(ListCursor(text)?.description == text) }
    }

    @Test func `the features that never fire are those that are left out, by layer and index`() throws {
        var facts = RandomFacts.prompts(1, graphs: false)
        facts[0].activations.removeAll { $0.index >= 6 }
        let test = try TemporaryAtlas([facts])
        try AtlasDerivation(test.atlas).rebuild()
        let reader = AtlasReader(test.atlas)
        let identity = test.atlas.identity
        let fired = Set(facts[0].activations.map { FeatureID(layer: $0.layer, index: $0.index) })
        let dead = (0..<identity.layerCount).flatMap { layer in
            (0..<identity.featuresPerLayer).map { FeatureID(layer: layer, index: $0) }
        }.filter { !fired.contains($0) }
        var filter = FeatureFilter()
        filter.firing = false
        let list = try reader.featureList(where: filter, range: ListRange(limit: 10_000))
        #expect(list.items.map(\.feature) == dead && list.total == dead.count)
        #expect(list.items.allSatisfy { $0.activeTokens == 0 && $0.countedTokens > 0 })
        let part = try reader.featureList(where: filter, range: ListRange(limit: 2, offset: 1))
        #expect(part.items.map(\.feature) == Array(dead.dropFirst().prefix(2)))
        let backwards = try reader.featureList(
            where: filter, order: FeatureOrder(.feature, isBackwards: true), range: ListRange(limit: 3))
        #expect(backwards.items.map(\.feature) == Array(dead.reversed().prefix(3)))
        filter.layer = 1
        #expect(
            try reader.featureList(where: filter).items.map(\.feature)
                == dead.filter { $0.layer == 1 }.prefix(50).map(\.self))
        let named = try #require(dead.first)
        try AtlasWriter(test.atlas).setLabel("silent one", of: named)
        filter.layer = nil
        filter.words = "silent"
        #expect(try reader.featureList(where: filter).items.map(\.label) == ["silent one"])
        filter.words = "\(named)"
        #expect(try reader.featureList(where: filter).items.map(\.feature) == [named])
        filter.words = nil
        filter.labelled = true
        #expect(try reader.featureList(where: filter).items.map(\.feature) == [named])
    }

    @Test func `dense features are those at a share of the tokens, and unlabelled ones those that nobody named`() throws
    {
        let all = try fixture.reader.featureList(range: ListRange(limit: 10_000)).items
        var filter = FeatureFilter()
        // As SQLite computes it: a share of the tokens times their number.
        let shares = all.map { Double($0.activeTokens) / Double($0.countedTokens) }.sorted()
        let middle = shares[shares.count / 2]
        filter.minimumDensity = middle
        let dense = try fixture.reader.featureList(where: filter, range: ListRange(limit: 10_000))
        #expect(dense.items == all.filter { Double($0.activeTokens) >= middle * Double($0.countedTokens) })
        #expect(dense.total == dense.items.count && (1..<all.count).contains(dense.total))
        filter.minimumDensity = nil
        filter.labelled = true
        #expect(try fixture.reader.featureList(where: filter).items.map(\.feature) == [QueryFixture.labelled])
        filter.labelled = false
        #expect(try fixture.reader.featureList(where: filter, range: ListRange(limit: 10_000)).total == all.count - 1)
    }
}
