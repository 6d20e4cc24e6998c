using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Pier.Contracts.BuildKit.Control;
using Pier.Contracts.BuildKit.Operations;
using Pier.Model.Builds;

namespace Pier.Api.BuildKit.Jobs;

/// <summary>A build's events as BuildKit tells them.</summary>
static class StatusText
{
    /// <summary>Adds an event to a message.</summary>
    public static void Add(StatusResponse status, BuildEvent happened)
    {
        switch (happened)
        {
            case VertexEvent vertex:
                status.Vertexes.Add(Of(vertex));
                break;
            case VertexLogEvent log:
                status.Logs.Add(
                    new VertexLog
                    {
                        Vertex = log.Vertex.ToString(),
                        Timestamp = Stamp(log.Time),
                        Stream = log.Stream,
                        Msg = ByteString.CopyFrom(log.Data.Span),
                    }
                );
                break;
            case VertexStatusEvent counter:
                status.Statuses.Add(Of(counter));
                break;
            case BuildWarningEvent warning:
                status.Warnings.Add(Of(warning));
                break;
        }
    }

    static Vertex Of(VertexEvent vertex)
    {
        var told = new Vertex
        {
            Digest = vertex.Vertex.ToString(),
            Name = vertex.Name,
            Cached = vertex.Cached,
            Started = vertex.Started is { } started ? Stamp(started) : null,
            Completed = vertex.Completed is { } completed ? Stamp(completed) : null,
            Error = vertex.Error ?? "",
        };
        told.Inputs.AddRange(vertex.Inputs.Select(i => i.ToString()));
        return told;
    }

    static VertexStatus Of(VertexStatusEvent counter) =>
        new()
        {
            ID = counter.Id,
            Vertex = counter.Vertex.ToString(),
            Current = counter.Current,
            Total = counter.Total,
            Timestamp = Stamp(counter.Time),
            Started = counter.Started is { } started ? Stamp(started) : null,
            Completed = counter.Completed is { } completed ? Stamp(completed) : null,
        };

    static VertexWarning Of(BuildWarningEvent warning)
    {
        var told = new VertexWarning
        {
            Vertex = warning.Vertex.ToString(),
            Level = 1,
            Short = ByteString.CopyFromUtf8($"{warning.Code}: {warning.Message}{(warning.Line > 0 ? $" (line {warning.Line})" : "")}"),
        };
        if (warning.Description.Length > 0)
            told.Detail.Add(ByteString.CopyFromUtf8(warning.Description));
        told.Url = warning.Address;
        if (warning.FileName.Length > 0)
            told.Info = new SourceInfo
            {
                Filename = warning.FileName,
                Data = ByteString.CopyFrom(warning.Text.Span),
                Language = "Dockerfile",
            };
        if (warning.Line > 0)
            told.Ranges.Add(
                new Contracts.BuildKit.Operations.Range
                {
                    Start = new Position { Line = warning.Line },
                    End = new Position { Line = warning.Line },
                }
            );
        return told;
    }

    static Timestamp Stamp(DateTimeOffset time) => Timestamp.FromDateTimeOffset(time);
}
