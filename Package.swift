// swift-tools-version: 6.1
import PackageDescription

/// Flags for work on this package itself, which the Makefile asks for by an environment variable. Without it the manifest
/// has no unsafe flags, so that other packages can depend on this one by version.
///
/// With FEATURE_ATLAS_DEVELOPMENT numeric targets are optimised in debug builds too: their inner loops are 10 to 350 times
/// slower otherwise. With FUZZ they are instrumented for libFuzzer (`make libfuzzer`).
let isDevelopment = Context.environment["FEATURE_ATLAS_DEVELOPMENT"] != nil
let isFuzzing = Context.environment["FUZZ"] != nil
let optimised: [SwiftSetting] =
    (isDevelopment ? [.unsafeFlags(["-O"], .when(configuration: .debug))] : [])
    + (isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer"])] : [])
let optimisedC: [CSetting] = isDevelopment ? [.unsafeFlags(["-O2"], .when(configuration: .debug))] : []

let package = Package(
    name: "FeatureAtlas",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "atlas", targets: ["atlas"]),
        // Attribution graphs and interventions of single prompts, without a database.
        .library(
            name: "FeatureAtlasAttribution",
            targets: ["Attribution", "Circuits", "LanguageModels", "Tokenizers", "Transcoders"]),
        // Atlases that are there, without a model, pages or a server.
        .library(name: "FeatureAtlasReading", targets: ["AtlasQuery", "AtlasStore"]),
        // Graph files of stored graphs, without pages.
        .library(name: "FeatureAtlasExport", targets: ["AtlasExport"]),
        .library(
            name: "FeatureAtlas",
            targets: [
                "Files", "Texts", "Tensors", "Safetensors", "Tokenizers", "Circuits", "LanguageModels", "Transcoders",
                "Attribution", "TranscoderTraining", "AtlasStore", "AtlasBasis", "AtlasQuery", "AtlasExperiments",
                "AtlasIndexing", "AtlasInterface", "AtlasExport", "AtlasDashboards", "AtlasImport", "AtlasServer",
                "AtlasAgent", "FeatureAtlas",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(
            name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "CKernels", cSettings: optimisedC),

        .target(name: "Tensors", dependencies: ["CKernels", "COpenBLAS"], swiftSettings: optimised),
        .target(
            name: "Safetensors",
            dependencies: ["CKernels", "Files", "Tensors", "Texts", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: optimised),
        .target(name: "Files"),
        .target(name: "Compression", dependencies: ["CZlib"], swiftSettings: optimised),
        .target(name: "Texts", swiftSettings: optimised),
        .target(
            name: "Tokenizers", dependencies: ["Texts", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: optimised),
        .target(name: "Circuits", swiftSettings: optimised),
        .target(
            name: "LanguageModels", dependencies: ["Circuits", "Safetensors", "Tensors", "Texts", "Tokenizers"],
            swiftSettings: optimised),
        .target(
            name: "Transcoders",
            dependencies: [
                "Circuits", "Compression", "Safetensors", "Tensors", "Texts",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: optimised),
        .target(
            name: "Attribution",
            dependencies: ["LanguageModels", "Transcoders", "Circuits", "Tensors", "Safetensors", "Texts"],
            swiftSettings: optimised),

        .target(
            name: "TranscoderTraining",
            dependencies: [
                "Attribution", "Circuits", "Files", "LanguageModels", "Safetensors", "Tensors", "Texts", "Tokenizers",
                "Transcoders", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: optimised),

        .executableTarget(name: "EmbedText"),
        .plugin(
            name: "EmbedTextPlugin", capability: .buildTool(), dependencies: ["EmbedText"],
            path: "Sources/EmbedTextPlugin"),
        .target(
            name: "AtlasStore",
            dependencies: [
                "Circuits", "CLZ4", "Files", "Texts", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            exclude: ["embedded.list"],
            swiftSettings: optimised, plugins: ["EmbedTextPlugin"]),
        .target(
            name: "AtlasBasis",
            dependencies: ["AtlasStore", "Attribution", "Circuits", "LanguageModels", "Tensors"],
            swiftSettings: optimised),
        .target(
            name: "AtlasQuery",
            dependencies: [
                "AtlasStore", "Circuits", "Tensors", "Texts", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: optimised),
        .target(
            name: "AtlasExperiments",
            dependencies: [
                "AtlasBasis", "AtlasQuery", "AtlasStore", "Attribution", "Circuits", "LanguageModels", "Tensors",
                "Texts",
                "Transcoders", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: optimised),
        .target(
            name: "AtlasIndexing",
            dependencies: [
                "AtlasBasis", "AtlasExperiments", "AtlasQuery", "AtlasStore", "Attribution", "Circuits",
                "Compression", "Files", "Tensors", "Texts", "Tokenizers",
            ],
            swiftSettings: optimised),
        .target(
            name: "AtlasInterface",
            dependencies: [
                "AtlasExperiments", "AtlasIndexing", "AtlasQuery", "AtlasStore", "Attribution", "Circuits", "Tensors",
                "Texts",
            ],
            exclude: ["embedded.list", "Pages"], swiftSettings: optimised, plugins: ["EmbedTextPlugin"]),
        .target(
            name: "AtlasExport",
            dependencies: ["AtlasQuery", "AtlasStore", "Circuits", "Compression", "Files", "Tensors", "Texts"],
            swiftSettings: optimised),
        .target(
            name: "AtlasDashboards",
            dependencies: ["AtlasExport", "AtlasInterface", "AtlasQuery", "Circuits", "Files"],
            swiftSettings: optimised),
        .target(
            name: "AtlasImport",
            dependencies: [
                "AtlasExport", "AtlasQuery", "AtlasStore", "Attribution", "Circuits", "Safetensors", "Tensors",
                "Texts",
            ],
            swiftSettings: optimised),
        .target(
            name: "AtlasServer",
            dependencies: [
                "AtlasInterface", "Compression", "Tensors",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        .target(
            name: "AtlasAgent", dependencies: ["AtlasInterface", "AtlasStore", "Tensors", "Texts"],
            swiftSettings: optimised),
        .target(
            name: "FeatureAtlas",
            dependencies: [
                "AtlasBasis", "AtlasExperiments", "AtlasIndexing", "AtlasQuery", "AtlasStore", "Attribution",
                "Circuits", "LanguageModels",
            ],
            swiftSettings: optimised),
        .target(name: "DemoData", exclude: ["Recipe"], resources: [.copy("Demo")]),
        .executableTarget(
            name: "atlas",
            dependencies: [
                "AtlasAgent", "AtlasBasis", "AtlasDashboards", "AtlasExperiments", "AtlasExport", "AtlasImport",
                "AtlasIndexing", "AtlasInterface", "AtlasQuery", "AtlasServer", "AtlasStore", "Attribution",
                "Circuits", "DemoData", "Files", "LanguageModels", "Safetensors", "Tensors", "Texts", "Tokenizers",
                "Transcoders", "TranscoderTraining",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "AtlasBasis", "AtlasExperiments", "AtlasIndexing", "AtlasInterface", "AtlasQuery", "AtlasStore",
                "Attribution", "Circuits",
                "DemoData", "Files",
                "LanguageModels", "Safetensors", "Tensors", "Texts", "TranscoderTraining",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),

        .executableTarget(name: "AtlasProbe", dependencies: ["AtlasQuery", "AtlasStore", "Circuits"]),
        .executableTarget(
            name: "FuzzParsers",
            dependencies: [
                "AtlasBasis", "AtlasExport", "AtlasImport", "AtlasIndexing", "AtlasInterface", "AtlasQuery",
                "AtlasStore",
                "Attribution",
                "Circuits", "LanguageModels", "Safetensors", "Tensors", "Texts", "Tokenizers", "TranscoderTraining",
                "Transcoders",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        .testTarget(name: "TensorsTests", dependencies: ["Circuits", "Tensors"]),
        .testTarget(name: "SafetensorsTests", dependencies: ["Safetensors", "Tensors"]),
        .testTarget(name: "BenchmarksTests", dependencies: ["Benchmarks"]),
        .testTarget(name: "FilesTests", dependencies: ["Files"]),
        .testTarget(name: "TextsTests", dependencies: ["Texts"]),
        .testTarget(name: "TokenizersTests", dependencies: ["Texts", "Tokenizers"], resources: [.copy("Golden")]),
        .testTarget(name: "CircuitsTests", dependencies: ["Circuits"]),
        .testTarget(
            name: "TranscodersTests",
            dependencies: ["Circuits", "Compression", "Safetensors", "Tensors", "Transcoders"],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "TranscoderTrainingTests",
            dependencies: [
                "Circuits", "DemoData", "LanguageModels", "Safetensors", "Tensors", "Transcoders",
                "TranscoderTraining",
            ], resources: [.copy("Golden")]),
        .testTarget(
            name: "AttributionTests",
            dependencies: [
                "Attribution", "Circuits", "LanguageModels", "Safetensors", "Tensors", "Tokenizers", "Transcoders",
            ],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "AtlasTests",
            dependencies: [
                "AtlasExperiments", "AtlasIndexing", "AtlasQuery", "AtlasStore", "Attribution", "Circuits",
                "DemoData", "Files", "Tensors", "Texts",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(
            name: "AtlasIndexingTests",
            dependencies: [
                "AtlasIndexing", "AtlasQuery", "AtlasStore", "Attribution", "Circuits", "DemoData", "Texts",
            ]),
        .testTarget(name: "FeatureAtlasTests", dependencies: ["DemoData", "FeatureAtlas"]),
        .testTarget(
            name: "RealModelTests",
            dependencies: [
                "Attribution", "Circuits", "LanguageModels", "Safetensors", "Tensors", "Tokenizers", "Transcoders",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            resources: [.copy("Golden")], swiftSettings: optimised),
        .testTarget(
            name: "AtlasExportTests", dependencies: ["AtlasDashboards", "AtlasExport", "AtlasInterface", "Circuits"]),
        .testTarget(
            name: "AtlasImportTests",
            dependencies: [
                "AtlasImport", "AtlasIndexing", "AtlasQuery", "AtlasStore", "Attribution", "Circuits", "Safetensors",
            ]),
        .testTarget(
            name: "AtlasServerTests",
            dependencies: [
                "atlas", "AtlasAgent", "AtlasDashboards", "AtlasExperiments", "AtlasExport", "AtlasIndexing",
                "AtlasInterface",
                "AtlasQuery", "AtlasServer", "AtlasStore", "Attribution", "Circuits", "DemoData", "Tensors", "Texts",
            ]),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "atlas", "AtlasExperiments", "AtlasQuery", "AtlasStore", "Circuits", "CZlib", "DemoData",
                "Safetensors",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ], resources: [.copy("Cases")]),
    ],
    swiftLanguageModes: [.v6]
)

if isFuzzing {
    package.targets.append(
        .executableTarget(
            name: "ParserFuzzer",
            dependencies: [
                "AtlasExport", "AtlasImport", "AtlasIndexing", "Attribution", "Safetensors", "Texts", "Tokenizers",
                "Transcoders",
            ],
            swiftSettings: [.unsafeFlags(["-parse-as-library", "-sanitize=fuzzer"])],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]))
}

// While working on one part: FEATURE_ATLAS_TESTS=TokenizersTests,TensorsTests leaves the other test targets out, so that
// `swift build --product FeatureAtlasPackageTests` and `swift test` build what these need and no more.
if let only = Context.environment["FEATURE_ATLAS_TESTS"]?.split(separator: ",").map(String.init) {
    package.targets.removeAll { $0.type == .test && !only.contains($0.name) }
}
