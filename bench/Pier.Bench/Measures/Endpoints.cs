using System.Diagnostics;
using System.Globalization;
using Pier.Bench.Engines;

namespace Pier.Bench.Measures;

/// <summary>A running container and a network, over the API.</summary>
static class Endpoints
{
    const int Repetitions = 10,
        Queries = 200;

    /// <summary>Asks 127.0.0.11 for a name, one question at a time; prints microseconds.</summary>
    const string Ask = """
        import socket, sys, time
        name = b''.join(bytes([len(w)]) + w for w in sys.argv[1].encode().split(b'.')) + b'\0'
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.settimeout(5)
        s.connect(('127.0.0.11', 53))
        for i in range(int(sys.argv[2])):
            q = i.to_bytes(2, 'big') + b'\1\0\0\1\0\0\0\0\0\0' + name + b'\0\1\0\1'
            t = time.perf_counter()
            s.send(q)
            a = s.recv(512)
            t = time.perf_counter() - t
            assert a[:2] == q[:2] and a[7] > 0, 'no answer'
            print(t * 1e6)
        """;

    public static Measure Connect() =>
        new("connect a running container to a network (API)", "ms", Better.Lower, engine => Round(engine, connect: true));

    public static Measure Disconnect() => new("disconnect it (API)", "ms", Better.Lower, engine => Round(engine, connect: false));

    public static Measure Name() =>
        new(
            "DNS answer for a container's name, asked inside a container",
            "µs",
            Better.Lower,
            async engine =>
            {
                const string Network = "bench-names";
                var client = engine.Client;
                await client.CreateNetwork(Network);
                var id = await client.Create(Network, ["sleep", "100000"]);
                try
                {
                    await client.Start(id);
                    var process = (int)(await client.Get($"containers/{id}/json"))["State"]!["Pid"]!;
                    var output = Shell.Run(["nsenter", "-t", $"{process}", "-n", "python3", "-c", Ask, id[..12], $"{Queries}"]);
                    return
                    [
                        .. output
                            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                            .Select(l => double.Parse(l, CultureInfo.InvariantCulture)),
                    ];
                }
                finally
                {
                    await client.Remove(id);
                    await client.RemoveNetwork(Network);
                }
            }
        );

    static async Task<IReadOnlyList<double>> Round(Engine engine, bool connect)
    {
        const string Network = "bench-connect";
        var client = engine.Client;
        await client.CreateNetwork(Network);
        var id = await client.Create("bridge", ["sleep", "100000"]);
        List<double> samples = [];
        try
        {
            await client.Start(id);
            for (var i = 0; i < Repetitions; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await client.Connect(Network, id);
                if (connect)
                    samples.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                start = Stopwatch.GetTimestamp();
                await client.Disconnect(Network, id);
                if (!connect)
                    samples.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            return samples;
        }
        finally
        {
            await client.Remove(id);
            await client.RemoveNetwork(Network);
        }
    }
}
