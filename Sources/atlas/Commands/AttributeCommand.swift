import ArgumentParser
import AtlasExperiments
import AtlasExport
import AtlasQuery
import Attribution
import Circuits
import Foundation

struct AttributeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attribute", abstract: "Attribute one prompt and print or write its graph.",
        discussion: """
            Without --output a summary is printed. A name ending in .json writes the pruned graph for the field's \
            viewers, and - prints it; one ending in .safetensors writes the raw, unpruned result.

              atlas attribute "Fact: the capital of the state containing Dallas is" --model MODEL --transcoders DIR
              atlas attribute "calc: 36+59=" --verify 20 --model MODEL --transcoders DIR
              atlas attribute --tokens 0,17,4 --model MODEL --transcoders DIR --output graph.safetensors
              atlas attribute PROMPT --max-feature-nodes 1000 --memory 8 --model MODEL --transcoders DIR

            The graph explains the most likely next tokens, or the targets given: tokens, sets, differences, directions \
            and features, each at every --at. A token is written as its text, with its leading space, or as #ID.

              atlas attribute PROMPT --target " Austin" --target " Dallas" --model MODEL --transcoders DIR
              atlas attribute PROMPT --target-difference " Austin| Dallas" --at 9- --model MODEL --transcoders DIR
              atlas attribute PROMPT --target-direction probes.safetensors:truth --model MODEL --transcoders DIR

            --heads tells through which attention heads the edges of the pruned graph go. --qk tells why a head looks \
            from one position to another: which pairs of sources make its score, also less that of another key.

              atlas attribute PROMPT --heads --model MODEL --transcoders DIR
              atlas attribute PROMPT --qk 3.1@9,4 --against mean --model MODEL --transcoders DIR
            """)

    @Argument(help: "The prompt; the beginning-of-sequence token is put in front.") var prompt: String?
    @Option(help: "Token ids instead of a prompt, taken as they are: 0,17,4.") var tokens: String?
    @OptionGroup var replacementModel: ReplacementModelOptions
    @OptionGroup var attribution: AttributionArguments
    @OptionGroup var targets: TargetArguments
    @Option(help: "The share of influence that nodes of a .json graph cover.") var nodeThreshold = Pruning
        .viewingThresholds.node
    @Option(help: "The share of edge scores that edges of a .json graph cover.") var edgeThreshold = Pruning
        .viewingThresholds.edge
    @Option(help: "FILE.json, or - for standard output; or FILE.safetensors.") var output: String?
    @Option(help: "What a viewer knows the transcoders by, in a .json graph; their name unless given.")
    var scan: String?
    @Option(help: "Threads; all cores unless given.") var jobs = ProcessInfo.processInfo.activeProcessorCount
    @OptionGroup var memory: MemoryOption
    @Option(help: "Silence this many random features with everything frozen and compare with the graph's columns.")
    var verify: Int?
    @Flag(help: "Tell through which attention heads the edges of the pruned graph go.") var heads = false
    @Option(
        help: ArgumentHelp(
            "Tell why a head looks from one position to another, in place of the graph: layer, head, query, key.",
            valueName: "L.H@q,k"))
    var qk: String?
    @Option(
        help: ArgumentHelp(
            "With --qk: less the score of another key, or the mean over the keys that the query reaches.",
            valueName: "position|mean"))
    var against: String?
    @Option(help: "With --qk: pairs that are told.") var pairs = 20
    @OptionGroup var format: JSONOutput

    func validate() throws {
        guard (prompt == nil) != (tokens == nil) else { throw ValidationError("expected either a prompt or --tokens") }
        try requireShare(nodeThreshold, "--node-threshold")
        try requireShare(edgeThreshold, "--edge-threshold")
        try requireThreads(jobs)
        if let verify, verify < 1 { throw ValidationError("--verify: expected 1 or more, found \(verify)") }
        try ScoreArguments.check(qk: qk, against: against, pairs: pairs)
        guard qk == nil || !heads && output == nil && verify == nil else {
            throw ValidationError("--qk computes no graph: it goes without --heads, --output and --verify")
        }
        guard output != OutputPlace.standardOutput || !format.json && !heads && verify == nil else {
            throw ValidationError("--output - prints the graph alone: it goes without --json, --heads and --verify")
        }
        if let output, output != OutputPlace.standardOutput, !output.hasSuffix(".json"),
            !output.hasSuffix(".safetensors")
        {
            throw ValidationError("--output: expected a name ending in .json or .safetensors, found \(output)")
        }
        if let tokens,
            tokens.split(separator: ",", omittingEmptySubsequences: false).contains(where: { Int($0) == nil })
        {
            throw ValidationError("--tokens: expected ids with commas between, as 0,17,4, found \(tokens)")
        }
    }

    func run() throws {
        var attributor = try replacementModel.attributor()
        attributor.memory.limit = memory.bytes()
        attributor.memory.following.heads = heads
        let tokenizer = attributor.model.tokenizer
        let ids = tokens?.split(separator: ",").compactMap { Int($0) } ?? tokenizer.encodePrompt(prompt ?? "")
        let options = try targets.applied(to: attribution.options, model: attributor.model)
        if let qk, let place = ScorePlace(qk) {
            try place.check(
                against: ScoreArguments.reference(against), model: attributor.model, positionCount: ids.count)
            let local = try attributor.localReplacementModel(ids, options: options, jobs: jobs)
            let found = try attributor.attributeScore(
                place, against: ScoreArguments.reference(against), of: local, pairs: pairs, jobs: jobs)
            let report = AttentionReport(found, tokens: ids.map { tokenizer.text(of: $0) })
            return try format.print(report) { AttentionText(report).lines.forEach { StandardOutput.line($0) } }
        }
        let result = try attributor.attribute(ids, options: options, jobs: jobs)
        if output == OutputPlace.standardOutput {
            return StandardOutput.write(
                document(of: result, attributor: attributor, slug: GraphSlug(identifying: prompt ?? "tokens")).json)
        }
        if let output {
            let replaced = ReplacedFile(output)
            try write(result, attributor: attributor, to: output)
            replaced.report()
        }
        let verification = try verify.map { count in
            var generator = SystemRandomNumberGenerator()
            return try GraphVerification(result, attributor: attributor, count: count, using: &generator)
        }
        let edgeHeads = heads ? try edgeHeads(of: result, attributor: attributor) : nil
        let summary = AttributionSummary(
            result, edgeHeads: edgeHeads, putInFront: prompt.flatMap { tokenizer.startRecord(of: $0) },
            verification: verification, tokenText: { tokenizer.text(of: $0) })
        try format.print(summary) { summary.print() }
        if let verification, !verification.agrees { throw ExitCode.failure }
    }

    /// Through which heads the edges of the pruned graph go.
    private func edgeHeads(of result: Attributor.Result, attributor: Attributor) throws -> EdgeHeadsReport {
        let tokenizer = attributor.model.tokenizer
        let graph = SparseGraph(result.graph, nodeThreshold: nodeThreshold, edgeThreshold: edgeThreshold)
        return EdgeHeadsReport(
            graph, heads: try HeadLoadings(attributor, result).mainHeads(ofEdgesIn: graph, jobs: jobs),
            tokens: graph.tokens.map { tokenizer.text(of: $0) },
            targetName: { $0.name(tokenText: { tokenizer.text(of: $0) }) })
    }

    private func write(_ result: Attributor.Result, attributor: Attributor, to path: String) throws {
        guard path.hasSuffix(".json") else {
            return try RawGraphFile(result.graph, description: description(result, attributor)).write(to: path)
        }
        let file = URL(fileURLWithPath: path)
        try document(of: result, attributor: attributor, slug: GraphSlug(naming: file)).enter(asFile: file)
    }

    /// The pruned graph for viewers.
    private func document(of result: Attributor.Result, attributor: Attributor, slug: GraphSlug) -> GraphDocument {
        let tokenizer = attributor.model.tokenizer
        return GraphDocument(
            SparseGraph(result.graph, nodeThreshold: nodeThreshold, edgeThreshold: edgeThreshold),
            context: GraphDocument.Context(
                slug: slug, scan: scan ?? attributor.basis.name, prompt: tokenizer.decode(result.graph.tokens),
                layerCount: attributor.model.configuration.layerCount, tokenText: { tokenizer.text(of: $0) },
                vocabularySize: attributor.model.configuration.vocabularySize), includesBias: false)
    }

    /// What `atlas import raw` wants to know of a raw graph.
    private func description(_ result: Attributor.Result, _ attributor: Attributor) -> RawGraphDescription {
        let tokenizer = attributor.model.tokenizer
        let (model, basis) = (attributor.model, attributor.basis)
        func text(_ token: Int) -> String { tokenizer.text(of: token) }
        var description = RawGraphDescription()
        description.prompt = prompt ?? tokenizer.decode(result.graph.tokens)
        description.tokenTexts = result.graph.tokens.map(text)
        description.targetTexts = result.graph.targets.map { $0.name(tokenText: text) }
        description.modelName = model.name
        description.transcoderName = basis.name
        description.transcoderKind = basis.transcoders?.kind ?? .perLayer
        description.layerCount = model.configuration.layerCount
        description.featuresPerLayer = basis.layers.map(\.featureCount).max()
        description.modelWidth = model.configuration.modelWidth
        description.vocabularySize = model.configuration.vocabularySize
        return description
    }
}
