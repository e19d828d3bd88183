"""The program's server of the Model Context Protocol, asked by the protocol's own client."""

import asyncio
import json

import pytest
from conftest import MODEL, PROGRAM, TRANSCODERS

pytest.importorskip("mcp", reason="the protocol's client needs Python 3.10")


def talk(file, conversation):
    """What a conversation with the program gives."""
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    arguments = ["mcp", str(file), "--model", str(MODEL), "--transcoders", str(TRANSCODERS)]

    async def run():
        async with stdio_client(StdioServerParameters(command=PROGRAM, args=arguments)) as (read, write):
            async with ClientSession(read, write) as session:
                greeting = (await session.initialize()).model_dump(by_alias=True)
                return greeting, await conversation(session)

    return asyncio.run(run())


def test_a_stock_client_lists_the_questions_and_gets_the_answers_of_the_program(atlas, atlas_file):
    async def conversation(session):
        tools = (await session.list_tools()).model_dump(by_alias=True)["tools"]
        answers = [
            (await session.call_tool(name, arguments)).model_dump(by_alias=True)
            for name, arguments in [
                ("search", {"text": "capital"}),
                ("prompt_similar", {"id": 1, "by": "activation"}),
                ("prompt_attention", {"id": 1, "qk": "1.0@3,1"}),
                ("feature", {"layer": 99, "index": 0}),
            ]
        ]
        return tools, answers

    greeting, (tools, answers) = talk(atlas_file, conversation)
    assert greeting["serverInfo"]["name"] == "feature-atlas" and "circuit" in greeting["instructions"]
    names = [tool["name"] for tool in tools]
    assert len(names) == len(set(names)) > 30 and {"atlas", "logit", "prompt_graph"} <= set(names)
    assert all(tool["annotations"]["readOnlyHint"] and tool["description"] for tool in tools)
    search, similar, attention, missing = answers
    assert json.loads(search["content"][0]["text"]) == atlas.search("capital")
    assert json.loads(similar["content"][0]["text"]) == atlas.similar(1, by="activation")
    assert json.loads(attention["content"][0]["text"])["layer"] == 1
    assert missing["isError"] and "there is no feature 99/0" in missing["content"][0]["text"]
