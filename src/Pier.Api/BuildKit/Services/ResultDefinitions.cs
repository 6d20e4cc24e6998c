using Google.Protobuf;
using Pier.Contracts.BuildKit.Operations;
using Pier.Model;

namespace Pier.Api.BuildKit.Services;

/// <summary>
/// A result as a definition (LLB), so that a client can make it the base of another build (bake's "target:NAME"): one source, whose name
/// only this daemon understands.
/// </summary>
static class ResultDefinitions
{
    const string Scheme = "pier-result://";

    public static Definition Of(string reference)
    {
        var source = new Op { Source = new SourceOp { Identifier = Scheme + reference } }.ToByteString();
        var digest = Digest.Of(source.Span).ToString();
        return new Definition
        {
            Def = { source, new Op { Inputs = { new Input { Digest = digest } } }.ToByteString() },
            // Clients take a definition without metadata for an empty one.
            Metadata = { [digest] = new OpMetadata() },
        };
    }

    /// <summary>The result that a definition names; null for any other definition.</summary>
    public static string? Read(Definition definition)
    {
        try
        {
            var source = definition.Def.Count > 0 ? Op.Parser.ParseFrom(definition.Def[0]).Source : null;
            return source is { Identifier: var name } && name.StartsWith(Scheme, StringComparison.Ordinal) ? name[Scheme.Length..] : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
