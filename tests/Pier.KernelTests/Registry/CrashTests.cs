using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Pier.Model;

namespace Pier.KernelTests.Registry;

/// <summary>kill -9 in the middle of pushes: nothing half visible, and what was answered is there.</summary>
public class CrashTests
{
    [SkippableFact]
    public async Task A_killed_server_shows_nothing_half_and_resumes_uploads()
    {
        var root = Directory.CreateTempSubdirectory("pier-registry-crash-").FullName;
        try
        {
            var whole = RandomNumberGenerator.GetBytes(1_000_000);
            string location;
            await using (var first = await ServedRegistry.StartAsync(root))
            {
                using var talk = new RegistryTalk(first.Address);
                location = await talk.BeginAsync("app");
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                var (host, port) = (
                    first.Address.Split(':')[0],
                    int.Parse(first.Address.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture)
                );
                await socket.ConnectAsync(host, port);
                await socket.SendAsync(
                    Encoding.ASCII.GetBytes(
                        $"PUT {location}?digest={Digest.Of(whole)} HTTP/1.1\r\nHost: x\r\nContent-Length: {whole.Length}\r\n\r\n"
                    )
                );
                await socket.SendAsync(whole.AsMemory(0, 600_000));
                await Task.Delay(300);
                await first.KillAsync();
            }
            await using var second = await ServedRegistry.StartAsync(root);
            using var again = new RegistryTalk(second.Address);
            Assert.Equal(404, (int)(await again.HeadAsync($"/v2/app/blobs/{Digest.Of(whole)}")).StatusCode);
            using var status = await again.GetAsync(location);
            Assert.Equal(204, (int)status.StatusCode);
            var range = (
                status.Headers.TryGetValues("Range", out var values) ? values : status.Content.Headers.GetValues("Range")
            ).Single();
            var have = int.Parse(range.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture) + 1;
            Assert.InRange(have, 1, 600_000);
            var rest = RegistryTalk.Bytes(whole[have..]);
            rest.Headers.TryAddWithoutValidation("Content-Range", $"{have}-{whole.Length - 1}");
            using var done = await again.SendAsync(HttpMethod.Put, RegistryTalk.With(location, $"digest={Digest.Of(whole)}"), rest);
            Assert.Equal(201, (int)done.StatusCode);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [SkippableFact]
    public async Task What_was_answered_survives_any_number_of_kills()
    {
        var root = Directory.CreateTempSubdirectory("pier-registry-kills-").FullName;
        try
        {
            var answered = new List<(string Tag, byte[] Manifest)>();
            for (var round = 0; round < 4; round++)
            {
                await using var server = await ServedRegistry.StartAsync(root, "--gc-grace", "0");
                await KillAmidPushesAsync(server, round, answered);
            }
            Assert.NotEmpty(answered);
            await using var last = await ServedRegistry.StartAsync(root);
            await AssertWholeAsync(last.Address, answered);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [SkippableFact]
    public async Task A_second_server_on_the_same_state_is_refused()
    {
        var root = Directory.CreateTempSubdirectory("pier-registry-second-").FullName;
        await using (await PierRegistry.StartAsync(root: root))
        {
            var error = await Assert.ThrowsAsync<ConflictException>(() => PierRegistry.StartAsync(root: root));
            Assert.Equal($"another registry is already using {root}", error.Message);
        }
        await using (var registry = await PierRegistry.StartAsync())
            await Assert.ThrowsAsync<ConflictException>(() => PierRegistry.StartAsync(o => o with { Listen = registry.Address }));
        Directory.Delete(root, recursive: true);
    }

    /// <summary>Kills a server while a client pushes to it, after some images were answered.</summary>
    internal static async Task KillAmidPushesAsync(ServedRegistry server, int round, List<(string Tag, byte[] Manifest)> answered)
    {
        var before = answered.Count;
        var pushing = Task.Run(() => PushUntilDeadAsync(server.Address, round, answered));
        for (var tries = 0; tries < 6000; tries++)
        {
            lock (answered)
                if (answered.Count >= before + 3)
                    break;
            await Task.Delay(10);
        }
        // Anywhere in the next push.
        await Task.Delay(7 * round);
        await server.KillAsync();
        await pushing;
    }

    static async Task PushUntilDeadAsync(string address, int round, List<(string, byte[])> answered)
    {
        using var talk = new RegistryTalk(address);
        try
        {
            for (var i = 0; ; i++)
            {
                var tag = $"r{round}-{i}";
                var manifest = await talk.PushImageAsync("app", tag, $"image {round} {i}");
                lock (answered)
                    answered.Add((tag, manifest));
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // Killed.
        }
    }

    // Everything listed is whole, and everything answered is listed.
    internal static async Task AssertWholeAsync(string address, List<(string Tag, byte[] Manifest)> answered)
    {
        using var talk = new RegistryTalk(address);
        using var list = await talk.GetAsync("/v2/app/tags/list");
        using var json = System.Text.Json.JsonDocument.Parse(await list.Content.ReadAsStreamAsync());
        var tags = json.RootElement.GetProperty("tags").EnumerateArray().Select(t => t.GetString()!).ToHashSet();
        Assert.Empty(answered.Select(a => a.Tag).Except(tags));
        foreach (var tag in tags)
        {
            using var got = await talk.GetAsync($"/v2/app/manifests/{tag}");
            var manifest = ImageDocument.Manifest(await got.Content.ReadAsByteArrayAsync());
            foreach (var blob in manifest.Layers.Append(manifest.Config))
            {
                using var content = await talk.GetAsync($"/v2/app/blobs/{blob.Digest}");
                Assert.Equal(blob.Digest, Digest.Of(await content.Content.ReadAsByteArrayAsync()));
            }
        }
    }
}
