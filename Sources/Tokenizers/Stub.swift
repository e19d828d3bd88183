import Foundation
public struct Tokenizer: Sendable { public init(folder: URL) throws {}; public var vocabularySize: Int { 1 }
 public func encodePrompt(_ t: String) -> [Int] { t.split(separator: ",").compactMap{Int($0)} }
 public func decode(_ t: [Int]) -> String { "" }
 public func text(of id: Int) -> String { "" } }
