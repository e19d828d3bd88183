import AtlasIndexing
import Dispatch
import Foundation
import Tensors

/// Progress on standard error: one line that is overwritten on a terminal, a plain line now and then elsewhere.
final class ProgressLine {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let isQuiet: Bool
    private var label = ""
    private var started = DispatchTime.now()
    /// What was done when the measurement began: work that goes on where it was interrupted did the rest earlier.
    private var firstDone = 0
    private var lastShown: DispatchTime?
    private var hasOpenLine = false

    /// Seconds between two lines where there is no terminal.
    private static let plainInterval = 10.0
    private static let terminalInterval = 0.1

    /// Shows nothing when quiet.
    init(quiet: Bool = false) { isQuiet = quiet }

    /// Shows that `done` of `total` pieces are done under `label`; a new label starts a new measurement.
    func show(_ label: String, done: Int, total: Int?, unit: String) {
        guard !isQuiet else { return }
        if label != self.label {
            end()
            self.label = label
            started = DispatchTime.now()
            firstDone = done
            lastShown = nil
        }
        let isLast = total == done
        let interval = isTerminal ? Self.terminalInterval : Self.plainInterval
        // Where there is no terminal, work that ends before the first interval still leaves one line.
        if let lastShown, !isLast, lastShown.secondsPassed < interval { return }
        if lastShown == nil, !isLast, !isTerminal {
            lastShown = DispatchTime.now()
            return
        }
        lastShown = DispatchTime.now()
        write(line(done: done, total: total, unit: unit))
        if isLast { end() }
    }

    /// Leaves the last line standing.
    func end() {
        if hasOpenLine { StandardError.line("") }
        hasOpenLine = false
    }

    private func line(done: Int, total: Int?, unit: String) -> String {
        let seconds = started.secondsPassed
        let rate = seconds > 0 ? Double(done - firstDone) / seconds : 0
        var parts = [label.padding(toLength: 12, withPad: " ", startingAt: 0)]
        if let total {
            if isTerminal { parts.append(bar(total == 0 ? 1 : Double(done) / Double(total))) }
            parts.append("\(done.grouped)/\(total.grouped) \(unit)")
        } else {
            parts.append("\(done.grouped) \(unit)")
        }
        if rate > 0, seconds > 0.2 { parts.append("\(rate.fixed(rate < 10 ? 1 : 0))/s") }
        if let total, total > done, rate > 0 {
            parts.append("\(Self.clock(Double(total - done) / rate)) left")
        } else if total == done {
            parts.append("in \(seconds.fixed(1)) s")
        }
        return parts.joined(separator: "  ")
    }

    private func bar(_ share: Double) -> String {
        let width = 24
        let full = Int(share * Double(width))
        return "[" + String(repeating: "#", count: full) + String(repeating: "-", count: width - full) + "]"
    }

    private func write(_ line: String) {
        if isTerminal {
            StandardError.write("\r\u{1B}[K\(line)")
            hasOpenLine = true
        } else {
            StandardError.line("\(line)")
        }
    }

    private static func clock(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        return whole >= 3600
            ? String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
            : String(format: "%d:%02d", whole / 60, whole % 60)
    }
}

extension ProgressLine {
    /// Shows an indexing run.
    func show(_ progress: IndexingProgress) {
        let unit =
            switch progress.phase {
            case .checking: "records"
            case .averaging, .indexing: "prompts"
            case .completing, .tracing: "graphs"
            case .describing: "features"
            case .summarising: "passes"
            }
        show(progress.phase.rawValue, done: progress.done, total: progress.total, unit: unit)
    }
}
