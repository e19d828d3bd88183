/// How far an indexing run has come.
public struct IndexingProgress: Sendable, Equatable {
    /// What a run does, in order.
    public enum Phase: String, Sendable {
        /// Reads the whole corpus once, so that a fault is found before anything is stored.
        case checking
        /// Finds the mean activations that neurons are measured from.
        case averaging
        /// Runs prompts through the replacement model.
        case indexing
        /// Finds what nodes of graphs that were stored without do.
        case completing
        /// Finds the heads of edges of graphs that were stored without.
        case tracing
        /// Finds the tokens that features promote and are excited by.
        case describing
        /// Rebuilds statistics, examples, aggregated edges and drivers.
        case summarising
    }

    /// What is going on.
    public var phase: Phase
    /// Pieces done: records, prompts or features.
    public var done: Int
    /// Pieces in all; `nil` where it is not known yet.
    public var total: Int?
}

/// What an indexing run has done.
public struct IndexingSummary: Sendable, Equatable, Codable {
    /// Records of the corpus that were read.
    public var records = 0
    /// Records that were skipped, as asked: malformed ones and those that the model cannot read.
    public var skippedRecords = 0
    /// Texts longer than the model's context that were cut, as asked.
    public var truncatedTexts = 0
    /// Records whose answer was left out, as their text has another one already.
    public var otherAnswers = 0
    /// What was left out of which record, a line each: the first hundred.
    public var notes: [String] = []
    /// The most notes that are kept.
    public static let noteLimit = 100
    /// Prompts that were not in the atlas before.
    public var addedPrompts = 0
    /// Graphs that were not in the atlas before.
    public var addedGraphs = 0
    /// Records whose text was in the atlas already.
    public var knownPrompts = 0
    /// Graphs that were there already and got effects.
    public var completedGraphs = 0
    /// Graphs that were there already and got the heads of their edges.
    public var graphsGivenHeads = 0
    /// Fingerprints of samples of the weights, as earlier programs made them, that the atlas had and that those of every
    /// number took the place of; `nil` as a rule.
    public var replacedFingerprints: [String]?
    /// Whether another run made the shard's atlas meanwhile, which was kept, and this one's left out; `nil` as a rule.
    public var otherCameFirst: Bool?
    /// Seconds spent on prompts, without checking and summarising.
    public var indexingSeconds = 0.0
}

extension IndexingSummary {
    /// Counts something that was left out, and keeps its line.
    mutating func add(_ note: CorpusNote) {
        switch note.kind {
        case .truncated: truncatedTexts += 1
        case .otherAnswer: otherAnswers += 1
        }
        if notes.count < Self.noteLimit { notes.append("\(note)") }
    }
}
