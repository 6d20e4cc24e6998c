using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Pier.Cli.Builds.Progress;
using Pier.Contracts.BuildKit.Control;

namespace Pier.UnitTests.Cli.Builds;

public class PlainDisplayTests
{
    static readonly DateTime Begin = new(2015, 6, 22, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Steps_are_told_from_their_beginning_to_their_end()
    {
        var text = new StringWriter { NewLine = "\n" };
        var display = new PlainDisplay(text);
        display.Show(new StatusResponse { Vertexes = { Vertex("a", "[internal] load build context"), Vertex("b", "[1/2] FROM busybox") } });
        display.Show(
            new StatusResponse
            {
                Vertexes =
                {
                    Vertex("b", "[1/2] FROM busybox", 0, 0.5, cached: true),
                    Vertex("a", "[internal] load build context", 0, 1.25),
                },
                Statuses = { Counter("a", 2048) },
            }
        );
        display.Show(new StatusResponse { Vertexes = { Vertex("c", "[2/2] RUN make", 2) }, Logs = { Log("c", 2.1, "one\ntw") } });
        display.Show(new StatusResponse { Logs = { Log("c", 2.5, "o\nlast") } });
        display.Show(new StatusResponse { Vertexes = { Vertex("c", "[2/2] RUN make", 2, 3, error: "exit code: 2") } });
        display.End();
        Assert.Equal(
            """
            #1 [1/2] FROM busybox
            #1 CACHED

            #2 [internal] load build context
            #2 transferring context: 2.048kB done
            #2 DONE 1.2s

            #3 [2/2] RUN make
            #3 0.100 one
            #3 0.500 two
            #3 1.000 last
            #3 ERROR: exit code: 2


            """,
            text.ToString()
        );
    }

    static Vertex Vertex(
        string digest,
        string name,
        double? started = null,
        double? completed = null,
        bool cached = false,
        string error = ""
    ) =>
        new()
        {
            Digest = digest,
            Name = name,
            Started = started is { } s ? Timestamp.FromDateTime(Begin.AddSeconds(s)) : null,
            Completed = completed is { } c ? Timestamp.FromDateTime(Begin.AddSeconds(c)) : null,
            Cached = cached,
            Error = error,
        };

    static VertexStatus Counter(string vertex, long current) =>
        new()
        {
            ID = "transferring context:",
            Vertex = vertex,
            Current = current,
            Completed = Timestamp.FromDateTime(Begin),
        };

    static VertexLog Log(string vertex, double at, string text) =>
        new()
        {
            Vertex = vertex,
            Timestamp = Timestamp.FromDateTime(Begin.AddSeconds(at)),
            Stream = 1,
            Msg = ByteString.CopyFromUtf8(text),
        };
}
