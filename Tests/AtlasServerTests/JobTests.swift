import AtlasExperiments
import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import Foundation
import Tensors
import Testing

@testable import AtlasInterface

/// Texts run through the replacement model.
@Suite(.serialized) struct JobTests {
    private func ended(_ body: String, at path: String, _ service: AtlasService) throws -> JobReport {
        let bytes = try service.answer(.post, path, body: Data(body.utf8)).bytes
        let ticket = try JSONDecoder().decode(JobTicket.self, from: bytes)
        #expect(try Description.fault(of: bytes, from: "POST \(path)") == nil)
        try service.waitForJob(ticket.job)
        let report = try service.answer(.get, "jobs/\(ticket.job)").bytes
        #expect(try Description.fault(of: report, from: "GET jobs/{id}") == nil, "\(path)")
        return try service.jobs!.report(ticket.job)
    }

    @Test func `a typed text gives the graph that is stored of the same text`() throws {
        let service = try DemoService.writing(jobs: ModelJobs.Limits())
        let text = "Fact: the capital of the state containing Dallas is"
        let id = try service.reader.promptID(text)
        let stored = try service.reader.graphReport(ofPrompt: id)
        let report = try ended(#"{"text": "\#(text)"}"#, at: "runs", service)
        guard case .run(let run) = report.result else { throw SocketClient.Failure(what: "\(report)") }
        #expect(run.nextTokens.first?.text == " Austin")
        #expect(Set(run.graph.nodes.map(\.id)) == Set(stored.nodes.map(\.id)))
        #expect(report.done == report.total)
        let view: GraphReport = try service.value("jobs/\(report.id)/graph?limit=9")
        #expect(view.nodes.count == 9)
    }

    @Test func `an intervention tells the answer before and after`() throws {
        let service = try DemoService.writing(jobs: ModelJobs.Limits())
        let report = try ended(
            """
            {"text": "Fact: the capital of the state containing Dallas is",
             "settings": [{"features": ["5/283", {"layer": 0, "index": 228}], "multiple": 0}], "mode": "free"}
            """, at: "interventions", service)
        guard case .intervention(let answer) = report.result else { throw SocketClient.Failure(what: "\(report)") }
        let austin = try #require(answer.nextTokens.first { $0.text == " Austin" })
        #expect(austin.after < austin.before)
        #expect(answer.settings.count == 2)
    }

    @Test func `a steered text is continued beside the plain one, and its doses begin and end where both do`() throws {
        let service = try DemoService.writing(jobs: ModelJobs.Limits())
        let report = try ended(
            """
            {"text": "Fact: the capital of the state containing Dallas is", "count": 3, "doses": [0, 1, 2],
             "settings": [{"features": ["5/283", "0/228"], "multiple": 0, "positions": "3-"}],
             "watched": [" Austin", " is"]}
            """, at: "steered-texts", service)
        guard case .steeredText(let answer) = report.result else { throw SocketClient.Failure(what: "\(report)") }
        #expect(answer.plain.count == 3 && answer.steered.count == 3 && answer.plain[0].text == " Austin")
        #expect(answer.watched.prefix(2).map(\.text) == [" Austin", " is"] && answer.settings.count == 2)
        #expect(answer.doses.map(\.dose) == [0, 1, 2])
        #expect(abs(answer.doses[0].probabilities[0] - answer.plain[0].probability) < 1e-4)
        let steered = try #require(answer.watched.firstIndex { $0.token == answer.steered[0].token })
        #expect(abs(answer.doses[1].probabilities[steered] - answer.steered[0].probability) < 1e-4)
        #expect(answer.doses[2].difference! < answer.doses[0].difference!)
    }

    @Test func `a draw is the same with the same seed`() throws {
        let service = try DemoService.writing(jobs: ModelJobs.Limits())
        func drawn(_ seed: Int) throws -> SteeredTextReport {
            let report = try ended(
                """
                {"text": "calc: 1+2=", "count": 6, "temperature": 3, "seed": \(seed),
                 "settings": [{"feature": "5/283", "multiple": 2}]}
                """, at: "steered-texts", service)
            guard case .steeredText(let answer) = report.result else { throw SocketClient.Failure(what: "\(report)") }
            return answer
        }
        let first = try drawn(1)
        #expect(try drawn(1) == first)
        #expect(try drawn(2).plain.map(\.token) != first.plain.map(\.token))
        #expect(first.temperature == 3 && first.seed == 1)
    }

    @Test func `a run explains one token minus another where it is asked to`() throws {
        let service = try DemoService.writing(jobs: ModelJobs.Limits())
        let report = try ended(
            #"{"text": "Fact: the capital of the state containing Dallas is", "target": " Austin", "minus": " is"}"#,
            at: "runs", service)
        guard case .run(let run) = report.result else { throw SocketClient.Failure(what: "\(report)") }
        #expect(run.graph.targets.map(\.kind) == ["difference"] && run.graph.targets[0].text == #"" Austin" - " is""#)
        let features: GraphFeaturesReport = try service.value("jobs/\(report.id)/graph/features")
        #expect(features.answer == nil && !features.features.isEmpty)
        for body in [
            #"{"text": "a", "minus": " is"}"#, #"{"text": "a", "target": " Austin", "minus": " Austin"}"#,
            #"{"text": "a", "target": "no such token at all"}"#,
        ] {
            #expect(throws: Problem.self) { try service.answer(.post, "runs", body: Data(body.utf8)) }
        }
    }

    @Test func `an exchange and a validation are those of the library`() throws {
        let service = try DemoService.writing(jobs: ModelJobs.Limits())
        let attributor = service.jobs!.attributor
        let exchange = try ended(
            #"{"by": "family", "where": "state=Texas,family=two-step", "trials": 2}"#, at: "exchanges", service)
        #expect(exchange.state == .failed && exchange.error?.contains("two values or more") == true)
        let token = try service.reader.token(" Austin")
        let validation = try ended(#"{"tokens": [\#(token)], "interventions": 4}"#, at: "validations", service)
        var options = ValidationOptions()
        options.interventions = 4
        let expected = try service.reader.validate(tokens: [token], attributor: attributor, options: options)
        guard case .validation(let report) = validation.result else {
            throw SocketClient.Failure(what: "\(validation)")
        }
        #expect(report == expected)
    }

    @Test func `a test of heads is that of the library`() throws {
        let service = try DemoService.writing(jobs: ModelJobs.Limits())
        let ended = try ended(#"{"heads": ["1.3", "1.2"], "prompts": 3}"#, at: "head-validations", service)
        var options = HeadValidationOptions()
        options.promptLimit = 3
        let heads = [HeadID(layer: 1, head: 3), HeadID(layer: 1, head: 2)]
        guard case .headValidation(let report) = ended.result else { throw SocketClient.Failure(what: "\(ended)") }
        #expect(
            try report == service.reader.validateHeads(heads, attributor: service.jobs!.attributor, options: options))
        #expect(report.heads == heads.sorted() && !report.trials.isEmpty)
    }

    @Test func `steering and its test are those of the library`() throws {
        let service = try DemoService.writing(jobs: ModelJobs.Limits())
        let attributor = service.jobs!.attributor
        let feature = try #require(
            try service.reader.drivers(of: service.reader.token(" Austin")).features.first?.node.feature)
        var options = SteeringOptions()
        options.factor = 0
        options.prompts = 4
        let steering = try ended(
            #"{"feature": "\#(feature)", "factor": 0, "prompts": 4, "limit": 3}"#, at: "steerings", service)
        guard case .steering(let steered) = steering.result else {
            throw SocketClient.Failure(what: "\(steering)")
        }
        #expect(
            try steered == service.reader.steered(feature, attributor: attributor, options: options, limit: 3))
        options.features = 2
        options.factor = 2
        let test = try ended(#"{"features": 2, "prompts": 4}"#, at: "steering-tests", service)
        guard case .steeringTest(let report) = test.result else { throw SocketClient.Failure(what: "\(test)") }
        #expect(try report == service.reader.steeringReport(attributor: attributor, options: options))
    }

    @Test(arguments: [
        ("steerings", #"{"factor": 2}"#), ("steerings", #"{"feature": "5/283", "factr": 2}"#),
        ("steerings", #"{"feature": "5/283", "read": "first"}"#), ("steering-tests", #"{"prompts": 3}"#),
        ("steering-tests", #"{"features": 0}"#),
        ("validations", #"{"interventions": 0}"#), ("validations", #"{"where": "family"}"#),
        ("exchanges", #"{"by": "state", "strength": 0}"#), ("exchanges", #"{"where": "family=two-step"}"#),
        ("head-validations", #"{"heads": []}"#), ("head-validations", #"{"heads": ["1"]}"#),
        ("head-validations", #"{"heads": ["1.0"], "pairs": 0}"#),
        ("head-validations", #"{"heads": ["1.0"], "leastWeight": 2}"#),
        ("head-validations", #"{"heads": ["1.0"], "tokensBeforeEnd": -1}"#),
        ("runs", #"{"text": ""}"#), ("runs", #"{"txt": "a"}"#), ("runs", "[]"), ("runs", "{"), ("runs", ""),
        ("interventions", #"{"text": "a b", "settings": []}"#), ("steerings", #"{"feature": "5-283"}"#),
        ("interventions", #"{"text": "a b", "settings": [{"feature": "5/283", "value": 1}], "mode": "wild"}"#),
    ])
    func `a wrong text or setting is refused before anything runs`(path: String, body: String) throws {
        let service = try DemoService.writing(jobs: ModelJobs.Limits())
        let problem = #expect(throws: Problem.self) { try service.answer(.post, path, body: Data(body.utf8)) }
        #expect(problem?.status == 400)
        #expect(problem?.detail.contains("\n") == false)
    }

    @Test(arguments: [
        ("steerings", #"{"feature": "5/283", "factor": 1}"#), ("steerings", #"{"feature": "2/99999"}"#),
        ("interventions", #"{"text": "a b", "settings": [{"feature": "5/283"}]}"#),
        ("interventions", #"{"text": "a b", "settings": [{"feature": "2/99999", "value": 1}]}"#),
        ("interventions", #"{"text": "a b", "settings": [{"feature": "5/283", "value": 1, "positions": "99"}]}"#),
        (
            "interventions",
            #"{"text": "a b", "settings": [{"feature": "5/283", "value": 1}], "mode": "constrained"}"#
        ),
    ])
    func `what is well written and cannot be is told apart`(path: String, body: String) throws {
        let service = try DemoService.writing(jobs: ModelJobs.Limits())
        let problem = #expect(throws: Problem.self) { try service.answer(.post, path, body: Data(body.utf8)) }
        #expect(problem?.status == 422)
    }

    @Test func `a text above the limits is refused`() throws {
        var limits = ModelJobs.Limits()
        limits.tokens = 5
        limits.textBytes = 100
        let service = try DemoService.writing(jobs: limits)
        for text in ["a b c d e f g h i j k", String(repeating: "a", count: 101)] {
            let problem = #expect(throws: Problem.self) {
                try service.answer(.post, "runs", body: Data(#"{"text": "\#(text)"}"#.utf8))
            }
            #expect(problem?.status == 422)
        }
    }

    @Test func `more jobs than may wait are refused, and one that waits can be cancelled`() throws {
        var limits = ModelJobs.Limits()
        limits.waiting = 2
        let jobs = ModelJobs(try DemoService.attributor(), limits: limits)
        let gate = DispatchSemaphore(value: 0)
        struct Dropped: Error {}
        let work: @Sendable (@escaping @Sendable (Int, Int) -> Void) throws -> JobResult = { _ in
            gate.wait()
            throw Dropped()
        }
        let first = try jobs.submit("run", work)
        let second = try jobs.submit("run", work)
        let third = try jobs.submit("run", work)
        let problem = #expect(throws: Problem.self) { try jobs.submit("run", work) }
        #expect(problem?.status == 503 && problem?.retryAfter != nil)
        #expect(try jobs.report(first.job).state == .running)
        #expect(try jobs.report(third.job).waitingBefore == 2)
        #expect(try jobs.cancel(second.job).state == .cancelled)
        gate.signal()
        gate.signal()
        for _ in 0..<500 where try !jobs.report(third.job).state.isEnded { Thread.sleep(forTimeInterval: 0.01) }
        #expect(try jobs.report(first.job).state == .failed)
        #expect(try jobs.report(third.job).state == .failed)
        jobs.stop()
        #expect(throws: Problem.self) { try jobs.submit("run", work) }
    }

    @Test func `another replacement model than the atlas's is refused by every question that runs it`() throws {
        let reader = try DemoService.reading().reader
        // The same model in its own neurons is another replacement model.
        let neurons = try Attributor(model: DemoService.attributor().model, neurons: NeuronOptions())
        #expect(throws: AtlasError.self) { try reader.exchange(by: "state", attributor: neurons) }
        #expect(throws: AtlasError.self) { try reader.run("a b", attributor: neurons) }
        #expect(throws: AtlasError.self) { try reader.validate(tokens: [1], attributor: neurons) }
    }

    @Test func `a job that is cancelled while it runs stops and leaves the model to the next`() throws {
        let service = try DemoService.writing(jobs: ModelJobs.Limits())
        func submit(_ path: String, _ body: String) throws -> String {
            try JSONDecoder().decode(
                JobTicket.self, from: service.answer(.post, path, body: Data(body.utf8)).bytes
            ).job
        }
        let long = try service.jobs!.submit("exchange") { _ in
            while true {
                try Cancellation.check()
                Thread.sleep(forTimeInterval: 0.001)
            }
        }.job
        while try service.jobs!.report(long).state == .queued { Thread.sleep(forTimeInterval: 0.01) }
        let next = try submit("runs", #"{"text": "Fact: the capital of the state containing Dallas is"}"#)
        #expect(try service.jobs!.report(next).state == .queued)
        #expect(try service.jobs!.cancel(long).state == .cancelled)
        try service.waitForJob(next)
        #expect(try service.jobs!.report(next).state == .done)
        #expect(try service.jobs!.report(long).state == .cancelled)
    }

    @Test func `a validation stops between two prompts, and a test of steering too`() throws {
        let service = try DemoService.writing(jobs: ModelJobs.Limits())
        let attributor = service.jobs!.attributor
        let token = try service.reader.token(" Austin")
        let validation = Cancellation()
        #expect(throws: Cancelled.asked) {
            try validation.run {
                _ = try service.reader.validate(tokens: [token], attributor: attributor) { _, _ in validation.cancel() }
            }
        }
        let steering = Cancellation()
        #expect(throws: Cancelled.asked) {
            try steering.run {
                _ = try service.reader.steeringReport(attributor: attributor) { _, _ in steering.cancel() }
            }
        }
    }

    @Test func `without a model a text is not run, and the answer says how to start one`() throws {
        let problem = #expect(throws: Problem.self) {
            try DemoService.reading().answer(.post, "runs", body: Data(#"{"text": "a"}"#.utf8))
        }
        #expect(problem?.status == 409 && problem?.detail.contains("--model") == true)
    }
}
