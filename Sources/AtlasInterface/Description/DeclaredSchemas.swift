import AtlasExperiments
import AtlasQuery
import Circuits

// What writes its JSON otherwise than member by member says so here; a test holds real answers against it.

extension FeatureText: SchemaDeclared {
    static func schema(in description: inout TypeDescription) -> JSONSchema {
        var text = JSONSchema(type: "string")
        text.pattern = RouteParameter.featureForm
        var members: [String: JSONSchema] = [:]
        for parameter in RouteParameter.feature { members[parameter.name] = JSONSchema(parameter) }
        return JSONSchema(anyOf: [text, JSONSchema(properties: members, required: Array(members.keys))])
    }

    static var anyValue: Self? { FeatureText(FeatureID(layer: 0, index: 0)) }
}

extension RunReport: SchemaDeclared {
    static func schema(in description: inout TypeDescription) -> JSONSchema {
        schema(
            of: [
                "text": \.text, "nextTokens": \.nextTokens, "activeFeatureCount": \.activeFeatureCount,
                "graph": \.graph,
            ], in: &description)
    }
}

extension JobReport: SchemaDeclared {
    static func schema(in description: inout TypeDescription) -> JSONSchema {
        schema(
            of: [
                "id": \.id, "kind": \.kind, "state": \.state, "waitingBefore": \.waitingBefore, "done": \.done,
                "total": \.total, "unit": \.unit, "rate": \.rate, "secondsLeft": \.secondsLeft,
                "result": \.result, "error": \.error,
            ], in: &description)
    }
}

extension JobResult: SchemaDeclared {
    static func schema(in description: inout TypeDescription) -> JSONSchema {
        let types: [Any.Type] = [
            RunReport.self, InterventionReport.self, SteeredTextReport.self, ValidationReport.self, ExchangeReport.self,
            HeadValidationReport.self, SteeredFeature.self, SteeringReport.self,
        ]
        return JSONSchema(anyOf: types.map { description.schema(of: $0) })
    }
}

extension OpenAPIDocument: SchemaDeclared {
    static func schema(in description: inout TypeDescription) -> JSONSchema { JSONSchema(type: "object") }
}

extension TableAnswer.Value: SchemaDeclared {
    static func schema(in description: inout TypeDescription) -> JSONSchema {
        JSONSchema(anyOf: ["number", "string", "null"].map { JSONSchema(type: $0) })
    }

    static var anyValue: Self? { .null }
}

extension TableAnswer.Truncation: SchemaDeclared {
    static func schema(in description: inout TypeDescription) -> JSONSchema {
        var schema = JSONSchema(type: "string")
        schema.enumeration = [TableAnswer.Truncation.rows, .bytes].map(\.rawValue)
        return schema
    }

    static var anyValue: Self? { .rows }
}
