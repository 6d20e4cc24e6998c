using System.Diagnostics;
using System.Security.Cryptography;
using Pier.Model;
using Pier.Registry.Storage;

namespace Pier.KernelTests.Registry;

/// <summary>S3 storage on somebody else's server: what the conformance cases do not reach.</summary>
public sealed class S3PeerTests(S3Rver server) : IClassFixture<S3Rver>
{
    [SkippableFact]
    public async Task A_large_blob_goes_there_in_parts_and_comes_back_in_ranges()
    {
        await using var registry = await PierRegistry.StartAsync(o => o with { S3 = server.Options });
        using var talk = new RegistryTalk(registry.Address);
        var large = RandomNumberGenerator.GetBytes((33 << 20) + 5);
        var digest = await talk.PushBlobAsync("app", large);
        using (var whole = await talk.GetAsync($"/v2/app/blobs/{digest}"))
            Assert.Equal(digest, Digest.Of(await whole.Content.ReadAsByteArrayAsync()));
        // Across the border of two parts, from the middle to the end, the last bytes.
        foreach (
            var (range, from, to) in new[]
            {
                ($"bytes={(16 << 20) - 3}-{(16 << 20) + 3}", (16 << 20) - 3, (16 << 20) + 4),
                ($"bytes={large.Length - 7}-", large.Length - 7, large.Length),
                ("bytes=-4", large.Length - 4, large.Length),
            }
        )
        {
            using var part = await talk.GetAsync($"/v2/app/blobs/{digest}", ("Range", range));
            Assert.Equal(206, (int)part.StatusCode);
            Assert.Equal(large[from..to], await part.Content.ReadAsByteArrayAsync());
        }
    }

    [SkippableFact]
    public async Task A_directory_of_more_names_than_a_listing_has()
    {
        const int Names = 1_050;
        using var driver = new S3Driver(server.Options);
        var bytes = "x"u8.ToArray();
        await Parallel.ForAsync(0, Names, async (i, ct) => await driver.WriteAsync($"tags/t{i}", bytes, ct));
        await driver.WriteAsync("tags/sub/deeper", bytes, default);
        var names = await driver.ChildrenAsync("tags", default);
        Assert.Equal(Names + 1, names.Distinct().Count());
        Assert.Equal(Names + 1, names.Count);
    }

    [SkippableFact]
    public async Task A_killed_server_shows_nothing_half_and_keeps_what_it_answered()
    {
        var (root, options) = (Directory.CreateTempSubdirectory("pier-registry-s3-").FullName, server.Options);
        string[] flags = ["--s3-bucket", options.Bucket, "--s3-endpoint", options.Endpoint!, "--s3-prefix", options.Prefix];
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", options.AccessKey);
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", options.SecretKey);
        try
        {
            var answered = new List<(string Tag, byte[] Manifest)>();
            await using (var first = await ServedRegistry.StartAsync(root, flags))
                await CrashTests.KillAmidPushesAsync(first, 1, answered);
            var large = RandomNumberGenerator.GetBytes(20 << 20);
            await using (var second = await ServedRegistry.StartAsync(root, flags))
                await KillInTheBucketAsync(second, large);
            Assert.NotEmpty(answered);
            await using var last = await ServedRegistry.StartAsync(root, flags);
            using var talk = new RegistryTalk(last.Address);
            Assert.Equal(404, (int)(await talk.HeadAsync($"/v2/app/blobs/{Digest.Of(large)}")).StatusCode);
            await CrashTests.AssertWholeAsync(last.Address, answered);
            await talk.PushBlobAsync("app", large);
        }
        finally
        {
            Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", null);
            Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", null);
            Directory.Delete(root, recursive: true);
        }
    }

    // The bucket's server stands still, so that the kill surely comes while a blob is on its way there.
    async Task KillInTheBucketAsync(ServedRegistry registry, byte[] blob)
    {
        using var talk = new RegistryTalk(registry.Address);
        var location = await talk.BeginAsync("app");
        Signal("STOP");
        try
        {
            var put = talk.SendAsync(HttpMethod.Put, RegistryTalk.With(location, $"digest={Digest.Of(blob)}"), RegistryTalk.Bytes(blob));
            await InFlightAsync(talk, 2);
            Assert.False(put.IsCompleted);
            await registry.KillAsync();
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => put);
        }
        finally
        {
            Signal("CONT");
        }
    }

    // The question itself is one of them.
    static async Task InFlightAsync(RegistryTalk talk, int count)
    {
        for (var tries = 0; tries < 1200; tries++)
        {
            using var answer = await talk.GetAsync("/metrics");
            var text = await answer.Content.ReadAsStringAsync();
            if (text.Contains($"pier_registry_http_in_flight_requests {count}\n", StringComparison.Ordinal))
                return;
            await Task.Delay(50);
        }
        Assert.Fail("the upload did not reach the registry");
    }

    void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-s", name, $"{server.Pid}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
