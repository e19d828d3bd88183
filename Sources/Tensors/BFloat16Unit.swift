import CKernels

/// What of a processor multiplies bfloat16 numbers.
public enum BFloat16Unit: String, Sendable, CaseIterable {
    /// Nothing: rounded numbers are multiplied as Float32, to the same result but for the order of sums, and no faster.
    case none
    /// AVX-512's dot products of pairs.
    case dotProducts = "AVX-512 BF16"
    /// AMX's tiles.
    case tiles = "AMX"

    /// The best that this process may use.
    public static let best: BFloat16Unit =
        switch fa_bfloat16_unit() {
        case Int32(FA_BFLOAT16_TILES): .tiles
        case Int32(FA_BFLOAT16_DOTS): .dotProducts
        default: .none
        }

    /// Those that this process may use, the best among them.
    public static var available: [BFloat16Unit] {
        switch best {
        case .none: [.none]
        case .dotProducts: [.none, .dotProducts]
        // Every processor with tiles has the dot products too.
        case .tiles: allCases
        }
    }

    /// As the kernels know it.
    var number: Int32 {
        switch self {
        case .none: Int32(FA_BFLOAT16_NONE)
        case .dotProducts: Int32(FA_BFLOAT16_DOTS)
        case .tiles: Int32(FA_BFLOAT16_TILES)
        }
    }
}
