// swift-tools-version: 6.1
import PackageDescription

// A package as another team would write it; run.sh names the repository and a version in FEATURE_ATLAS_URL.
let package = Package(
    name: "AskAtlas",
    platforms: [.macOS(.v15)],
    dependencies: [.package(url: Context.environment["FEATURE_ATLAS_URL"] ?? "", from: "1.0.0")],
    targets: [
        .executableTarget(
            name: "AskAtlas", dependencies: [.product(name: "FeatureAtlasReading", package: "FeatureAtlas")])
    ],
    swiftLanguageModes: [.v6]
)
