using System.Diagnostics;
using System.Text.Json.Nodes;
using Pier.Bench.Engines;

namespace Pier.Bench.Measures;

/// <summary>
/// What packets pay (iperf3): the engine's paths beside the same made by hand from a bridge, two veth pairs and one DNAT rule, in the same
/// round. The samples are ratios to that.
/// </summary>
sealed class Paths(string work)
{
    const string Iperf = "/usr/bin/iperf3";
    const int Port = 5201,
        Seconds = 1,
        LatencyRate = 200;

    public IEnumerable<Measure> Measures =>
        [
            new(
                "published port from the host, throughput to the kernel's own DNAT",
                "×",
                Better.Higher,
                engine => Run(engine, published: true, throughput: true)
            ),
            new(
                "published port from the host, round trip to the kernel's own DNAT",
                "×",
                Better.Lower,
                engine => Run(engine, published: true, throughput: false)
            ),
            new(
                "container to container, throughput to a plain bridge and veth pairs",
                "×",
                Better.Higher,
                engine => Run(engine, published: false, throughput: true)
            ),
        ];

    async Task<IReadOnlyList<double>> Run(Engine engine, bool published, bool throughput)
    {
        if (!File.Exists(Iperf))
            throw new InvalidOperationException($"{Iperf} is not installed");
        var client = engine.Client;
        List<string> ids = [];
        try
        {
            for (var i = 0; i < 2; i++)
            {
                var id = await client.Create("bridge", ["sleep", "100000"], i == 0 ? Port : 0);
                ids.Add(id);
                await client.Start(id);
            }

            var (server, peer) = (await client.Get($"containers/{ids[0]}/json"), await client.Get($"containers/{ids[1]}/json"));
            var serverId = (int)server["State"]!["Pid"]!;
            var settings = server["NetworkSettings"]!;
            // The host's own address, so that every engine's rule counts and no proxy of it.
            var own = published
                ? Measure(
                    serverId,
                    engine.DaemonId,
                    (string)settings["Gateway"]!,
                    int.Parse((string)settings["Ports"]![$"{Port}/tcp"]![0]!["HostPort"]!),
                    throughput
                )
                : Measure(serverId, (int)peer["State"]!["Pid"]!, (string)settings["IPAddress"]!, Port, throughput);
            return [own / Plain(published, throughput)];
        }
        finally
        {
            foreach (var id in ids)
                await client.Remove(id);
        }
    }

    /// <summary>The same path, by hand: host, bridge, two namespaces.</summary>
    double Plain(bool published, bool throughput)
    {
        var setup = Path.Combine(work, "plain.sh");
        File.WriteAllText(
            setup,
            $$"""
            set -e
            ip link set lo up
            ip link add b0 type bridge
            ip addr add 10.9.0.1/24 dev b0
            ip link set b0 up
            nft 'table ip n { chain o { type nat hook output priority -100; ip daddr 10.9.0.1 tcp dport {{Port
                + 1}} dnat to 10.9.0.2:{{Port}}; }; }'
            for i in 2 3; do
                unshare --net sleep 1000 & echo $! >{{work}}/plain$i
                while [ "$(readlink /proc/$!/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done
                ip link add v$i type veth peer name eth0 netns $!
                ip link set v$i master b0 up
                nsenter -t $! -n sh -c "ip link set lo up; ip addr add 10.9.0.$i/24 dev eth0; ip link set eth0 up; ip route add default via 10.9.0.1"
            done
            touch {{work}}/plain-ready
            wait
            """
        );
        var ready = Path.Combine(work, "plain-ready");
        File.Delete(ready);
        using var host = Process.Start(Shell.Describe(["unshare", "--net", "sh", setup]))!;
        try
        {
            var clock = Stopwatch.StartNew();
            while (!File.Exists(ready))
            {
                if (host.HasExited || clock.Elapsed > Shell.Limit)
                    throw new InvalidOperationException("the plain path cannot be made");
                Thread.Sleep(10);
            }

            int Id(int number) => int.Parse(File.ReadAllText(Path.Combine(work, $"plain{number}")));
            return published
                ? Measure(Id(2), host.Id, "10.9.0.1", Port + 1, throughput)
                : Measure(Id(2), Id(3), "10.9.0.2", Port, throughput);
        }
        finally
        {
            host.Kill(entireProcessTree: true);
            host.WaitForExit();
        }
    }

    /// <summary>Bits a second, or the mean round trip in microseconds at a low rate, between the namespaces of two processes.</summary>
    static double Measure(int server, int client, string address, int port, bool throughput)
    {
        var problem = "";
        for (var attempt = 0; attempt < 10; attempt++)
        {
            using var listening = Process.Start(Shell.Describe(["nsenter", "-t", $"{server}", "-n", Iperf, "-s", "-1", "-p", $"{Port}"]))!;
            try
            {
                string[] rate = throughput ? [] : ["-b", $"{LatencyRate * 8 * 64}", "-l", "64"];
                // The server may be starting.
                for (var connect = 0; connect < 50; connect++)
                {
                    var output = Shell
                        .Try(["nsenter", "-t", $"{client}", "-n", Iperf, "-J", "-c", address, "-p", $"{port}", "-t", $"{Seconds}", .. rate])
                        .Output;
                    if (Result(output, throughput) is { } result)
                        return result;
                    problem = output;
                    if (listening.HasExited)
                        break;
                    Thread.Sleep(50);
                }
            }
            finally
            {
                if (!listening.HasExited)
                    listening.Kill();
                listening.WaitForExit();
            }
        }

        throw new InvalidOperationException($"iperf3: {problem.ReplaceLineEndings(" ")}");
    }

    /// <summary>Null for a test that failed.</summary>
    static double? Result(string output, bool throughput)
    {
        if (!output.StartsWith('{'))
            return null;
        var end = JsonNode.Parse(output)!["end"];
        return throughput ? (double?)end?["sum_received"]?["bits_per_second"] : (double?)end?["streams"]?[0]?["sender"]?["mean_rtt"];
    }
}
