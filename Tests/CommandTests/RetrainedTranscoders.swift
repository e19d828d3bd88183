import Foundation

/// Makes other transcoders of a copied folder: one number of the first layer's encoder changes.
func retrain(_ transcoders: String) throws {
    let url = URL(fileURLWithPath: transcoders + "/W_enc_0.safetensors")
    var bytes = try Data(contentsOf: url)
    // The last number, as Float32: 0.125.
    bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [0, 0, 0, 0x3E])
    try bytes.write(to: url)
}
