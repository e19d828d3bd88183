import Circuits
import Compression
import Foundation
import Testing

@Suite struct `deflated data` {
    struct Case: Decodable {
        let name: String
        let bytes: Int
        let crc: UInt32
        let packed: Data
    }

    private static let mutationCount = 10_000

    private func cases() throws -> [Case] {
        let decoder = JSONDecoder()
        decoder.dataDecodingStrategy = .base64
        return try decoder.decode(
            [Case].self, from: Data(contentsOf: URL(fileURLWithPath: GoldenSet.folder + "/deflated.json")))
    }

    /// Unpacks into exactly `count` bytes.
    private func unpack(_ packed: [UInt8], count: Int) throws(Inflation.Fault) -> [UInt8] {
        var output = [UInt8](repeating: 0xAA, count: count)
        var fault: Inflation.Fault?
        packed.withUnsafeBytes { packed in
            output.withUnsafeMutableBytes { output in
                do throws(Inflation.Fault) { try Inflation.unpack(packed, into: output) } catch { fault = error }
            }
        }
        if let fault { throw fault }
        return output
    }

    @Test func `every kind of block gives the bytes that were packed`() throws {
        for entry in try cases() {
            let bytes = try unpack(Array(entry.packed), count: entry.bytes)
            #expect(bytes.withUnsafeBytes { Checksum.of($0) } == entry.crc, "\(entry.name)")
        }
    }

    @Test func `another number of bytes than announced is refused`() throws {
        for entry in try cases() {
            #expect(throws: Inflation.Fault.tooShort) { try unpack(Array(entry.packed), count: entry.bytes + 1) }
            guard entry.bytes > 0 else { continue }
            #expect(throws: Inflation.Fault.tooLong) { try unpack(Array(entry.packed), count: entry.bytes - 1) }
        }
    }

    @Test func `data that ends early is refused`() throws {
        for entry in try cases() {
            for count in [0, entry.packed.count / 2, entry.packed.count - 1] {
                #expect(throws: Inflation.Fault.self, "\(entry.name)") {
                    try unpack(Array(entry.packed.prefix(count)), count: entry.bytes)
                }
            }
        }
    }

    @Test func `damaged data is refused or gives as many bytes`() throws {
        let seeds = try cases().filter { $0.bytes < 5000 }.map { (packed: Array($0.packed), count: $0.bytes) }
        var random = SeededNumbers(seed: 9)
        var refused = 0
        for _ in 0..<Self.mutationCount {
            let seed = seeds.randomElement(using: &random)!
            let damaged = Damage.apply(to: seed.packed, using: &random)
            do throws(Inflation.Fault) {
                #expect(try unpack(damaged, count: seed.count).count == seed.count)
            } catch {
                refused += 1
            }
        }
        #expect(refused > Self.mutationCount / 10)
    }
}
