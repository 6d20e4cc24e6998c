using System.Text;
using System.Text.Json;
using Pier.Model;

namespace Pier.KernelTests.Registry;

/// <summary>
/// The four workflows of the OCI distribution specification (pull, push, content discovery, content management), one suite for every
/// registry. Each test has a repository of its own.
/// </summary>
public abstract class ConformanceTests : IAsyncLifetime
{
    IRegistryPeer? _peer;
    RegistryTalk? _talk;

    protected abstract Task<IRegistryPeer> StartAsync();

    /// <summary>Why this peer cannot list repositories; null when it can.</summary>
    protected virtual string? NoCatalogue => null;

    RegistryTalk Talk => _talk!;

    public async Task InitializeAsync()
    {
        _peer = await StartAsync();
        _talk = new RegistryTalk(_peer.Address);
    }

    public async Task DisposeAsync()
    {
        _talk?.Dispose();
        if (_peer is not null)
            await _peer.DisposeAsync();
    }

    static readonly byte[] Hello = Encoding.UTF8.GetBytes("hello, registry");

    [SkippableFact]
    public async Task Pull_answers_what_was_pushed_and_404_for_the_rest()
    {
        var manifest = await Talk.PushImageAsync("pull/image", "v1", "one");
        var digest = Digest.Of(manifest);
        foreach (var reference in new[] { "v1", digest.ToString() })
        {
            using var answer = await Talk.GetAsync($"/v2/pull/image/manifests/{reference}", ("Accept", MediaTypes.OciManifest));
            Assert.Equal(200, (int)answer.StatusCode);
            Assert.Equal(MediaTypes.OciManifest, answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal(digest.ToString(), answer.Headers.GetValues("Docker-Content-Digest").Single());
            Assert.Equal(manifest, await answer.Content.ReadAsByteArrayAsync());
            using var head = await Talk.SendAsync(
                HttpMethod.Head,
                $"/v2/pull/image/manifests/{reference}",
                null,
                ("Accept", MediaTypes.OciManifest)
            );
            Assert.Equal((200, (long?)manifest.Length), ((int)head.StatusCode, head.Content.Headers.ContentLength));
        }
        await AssertErrorAsync(404, "MANIFEST_UNKNOWN", await Talk.GetAsync("/v2/pull/image/manifests/none"));
        await AssertErrorAsync(404, "MANIFEST_UNKNOWN", await Talk.GetAsync($"/v2/pull/image/manifests/{Digest.Of([1])}"));
        await AssertErrorAsync(404, "BLOB_UNKNOWN", await Talk.GetAsync($"/v2/pull/image/blobs/{Digest.Of([1])}"));
        Assert.Equal(404, (int)(await Talk.HeadAsync($"/v2/pull/image/blobs/{Digest.Of([1])}")).StatusCode);
    }

    [SkippableFact]
    public async Task Pull_of_a_part_of_a_blob()
    {
        var digest = await Talk.PushBlobAsync("pull/range", Hello);
        using var part = await Talk.GetAsync($"/v2/pull/range/blobs/{digest}", ("Range", "bytes=7-9"));
        Assert.Equal(206, (int)part.StatusCode);
        Assert.Equal("bytes 7-9/15", part.Content.Headers.ContentRange!.ToString());
        Assert.Equal(Hello[7..10], await part.Content.ReadAsByteArrayAsync());
        using var tail = await Talk.GetAsync($"/v2/pull/range/blobs/{digest}", ("Range", "bytes=-4"));
        Assert.Equal(Hello[^4..], await tail.Content.ReadAsByteArrayAsync());
        // docker-registry 2.8 announces a body there that it does not send.
        if (!_peer!.IsVersion11)
            return;
        using var outside = await Talk.GetAsync($"/v2/pull/range/blobs/{digest}", ("Range", "bytes=15-"));
        Assert.Equal(416, (int)outside.StatusCode);
    }

    [SkippableFact]
    public async Task Push_in_a_post_and_a_put()
    {
        var digest = await Talk.PushBlobAsync("push/mono", Hello);
        using var head = await Talk.HeadAsync($"/v2/push/mono/blobs/{digest}");
        Assert.Equal((200, (long?)Hello.Length), ((int)head.StatusCode, head.Content.Headers.ContentLength));
        using var got = await Talk.GetAsync($"/v2/push/mono/blobs/{digest}");
        Assert.Equal(Hello, await got.Content.ReadAsByteArrayAsync());
    }

    [SkippableFact]
    public async Task Push_in_a_single_post()
    {
        Skip.IfNot(_peer!.IsVersion11, "docker-registry 2.8 begins an upload instead, as the specification allows");
        using var answer = await Talk.SendAsync(
            HttpMethod.Post,
            $"/v2/push/single/blobs/uploads/?digest={Digest.Of(Hello)}",
            RegistryTalk.Bytes(Hello)
        );
        Assert.Equal(201, (int)answer.StatusCode);
        Assert.Equal(200, (int)(await Talk.HeadAsync(RegistryTalk.LocationOf(answer))).StatusCode);
    }

    [SkippableFact]
    public async Task Push_in_chunks_in_order_only_and_resumed()
    {
        var location = await Talk.BeginAsync("push/chunks");
        using var first = await ChunkAsync(location, Hello[..5], 0);
        Assert.Equal(202, (int)first.StatusCode);
        Assert.Equal("0-4", RangeOf(first));
        // docker-registry 2.8 takes every chunk for the next one.
        if (_peer!.IsVersion11)
        {
            using var wrong = await ChunkAsync(RegistryTalk.LocationOf(first), Hello[10..], 10);
            Assert.Equal(416, (int)wrong.StatusCode);
        }
        using var status = await Talk.GetAsync(RegistryTalk.LocationOf(first));
        Assert.Equal((204, "0-4"), ((int)status.StatusCode, RangeOf(status)));
        using var second = await ChunkAsync(RegistryTalk.LocationOf(status), Hello[5..10], 5);
        Assert.Equal(202, (int)second.StatusCode);
        var end = RegistryTalk.Bytes(Hello[10..]);
        end.Headers.TryAddWithoutValidation("Content-Range", "10-14");
        using var done = await Talk.SendAsync(
            HttpMethod.Put,
            RegistryTalk.With(RegistryTalk.LocationOf(second), $"digest={Digest.Of(Hello)}"),
            end
        );
        Assert.Equal(201, (int)done.StatusCode);
        using var got = await Talk.GetAsync($"/v2/push/chunks/blobs/{Digest.Of(Hello)}");
        Assert.Equal(Hello, await got.Content.ReadAsByteArrayAsync());
    }

    [SkippableFact]
    public async Task Push_with_a_wrong_digest_leaves_nothing()
    {
        var location = await Talk.BeginAsync("push/wrong");
        var digest = Digest.Of("something else"u8);
        await AssertErrorAsync(
            400,
            "DIGEST_INVALID",
            await Talk.SendAsync(HttpMethod.Put, RegistryTalk.With(location, $"digest={digest}"), RegistryTalk.Bytes(Hello))
        );
        Assert.Equal(404, (int)(await Talk.HeadAsync($"/v2/push/wrong/blobs/{digest}")).StatusCode);
        Assert.Equal(404, (int)(await Talk.HeadAsync($"/v2/push/wrong/blobs/{Digest.Of(Hello)}")).StatusCode);
    }

    [SkippableFact]
    public async Task Push_that_is_cancelled_is_gone()
    {
        var location = await Talk.BeginAsync("push/cancel");
        Assert.Equal(204, (int)(await Talk.DeleteAsync(location)).StatusCode);
        await AssertErrorAsync(404, "BLOB_UPLOAD_UNKNOWN", await Talk.GetAsync(location));
    }

    [SkippableFact]
    public async Task Push_by_mounting_another_repositorys_blob()
    {
        var digest = await Talk.PushBlobAsync("push/source", Hello);
        using var mounted = await Talk.SendAsync(
            HttpMethod.Post,
            $"/v2/push/target/blobs/uploads/?mount={digest}&from=push/source",
            RegistryTalk.Bytes([])
        );
        Assert.Equal(201, (int)mounted.StatusCode);
        Assert.Equal(200, (int)(await Talk.HeadAsync($"/v2/push/target/blobs/{digest}")).StatusCode);
        using var other = await Talk.SendAsync(
            HttpMethod.Post,
            $"/v2/push/target2/blobs/uploads/?mount={Digest.Of([9])}&from=push/source",
            RegistryTalk.Bytes([])
        );
        Assert.Equal(202, (int)other.StatusCode);
        using var nowhere = await Talk.SendAsync(
            HttpMethod.Post,
            $"/v2/push/target3/blobs/uploads/?mount={digest}&from=no/such",
            RegistryTalk.Bytes([])
        );
        Assert.Equal(202, (int)nowhere.StatusCode);
    }

    [SkippableFact]
    public async Task Push_of_manifests_is_checked()
    {
        var manifest = await Talk.ManifestAsync("push/checked", "one");
        await AssertErrorAsync(400, "DIGEST_INVALID", await Talk.PutManifestAsync("push/checked", Digest.Of([1]).ToString(), manifest));
        var broken = Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(manifest).Replace(Digest.Of("layer one"u8).Hex, Digest.Of([7]).Hex, StringComparison.Ordinal)
        );
        using var unknown = await Talk.PutManifestAsync("push/checked", "v1", broken);
        Assert.Contains(await RegistryTalk.CodeAsync(unknown), new[] { "MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN" });
        await AssertErrorAsync(400, "MANIFEST_INVALID", await Talk.PutManifestAsync("push/checked", "v1", "{"u8.ToArray()));
        Assert.Equal(404, (int)(await Talk.HeadAsync("/v2/push/checked/manifests/v1")).StatusCode);
        using var stored = await Talk.PutManifestAsync("push/checked", "v1", manifest);
        Assert.Equal(201, (int)stored.StatusCode);
        Assert.Equal(Digest.Of(manifest).ToString(), stored.Headers.GetValues("Docker-Content-Digest").Single());
    }

    [SkippableFact]
    public async Task Push_of_an_index()
    {
        var child = await Talk.PushImageAsync("push/index", "child", "one");
        var index = JsonSerializer.SerializeToUtf8Bytes(
            new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [DescriptorOf(child)] },
            ImageJson.Plain.ImageIndex
        );
        using var answer = await Talk.PutManifestAsync("push/index", "all", index, MediaTypes.OciIndex);
        Assert.Equal(201, (int)answer.StatusCode);
        using var got = await Talk.GetAsync("/v2/push/index/manifests/all", ("Accept", MediaTypes.OciIndex));
        Assert.Equal(index, await got.Content.ReadAsByteArrayAsync());
    }

    [SkippableFact]
    public async Task Discovery_lists_tags_in_pages()
    {
        var manifest = await Talk.PushImageAsync("find/tags", "t0", "one");
        foreach (var tag in new[] { "t3", "t1", "t2" })
            (await Talk.PutManifestAsync("find/tags", tag, manifest)).EnsureSuccessStatusCode();
        Assert.Equal(["t0", "t1", "t2", "t3"], (await TagsAsync("/v2/find/tags/tags/list")).Order());
        await AssertErrorAsync(404, "NAME_UNKNOWN", await Talk.GetAsync("/v2/find/nothing/tags/list"));
        Skip.IfNot(_peer!.IsVersion11, "docker-registry 2.8 lists tags whole and unsorted");
        Assert.Equal(["t0", "t1"], await TagsAsync("/v2/find/tags/tags/list?n=2"));
        Assert.Equal(["t2", "t3"], await TagsAsync("/v2/find/tags/tags/list?n=2&last=t1"));
        Assert.Equal([], await TagsAsync("/v2/find/tags/tags/list?n=0"));
        using var page = await Talk.GetAsync("/v2/find/tags/tags/list?n=3");
        Assert.Equal("</v2/find/tags/tags/list?n=3&last=t2>; rel=\"next\"", page.Headers.GetValues("Link").Single());
    }

    [SkippableFact]
    public async Task Discovery_lists_repositories()
    {
        Skip.If(NoCatalogue is not null, NoCatalogue);
        foreach (var name in new[] { "find/b", "find/a/c", "find/a" })
            await Talk.PushImageAsync(name, "latest", "one");
        using var answer = await Talk.GetAsync("/v2/_catalog?n=2");
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync());
        Assert.Equal(["find/a", "find/a/c"], json.RootElement.GetProperty("repositories").EnumerateArray().Select(e => e.GetString()));
        Assert.Contains("rel=\"next\"", answer.Headers.GetValues("Link").Single());
    }

    [SkippableFact]
    public async Task Discovery_lists_referrers()
    {
        Skip.IfNot(_peer!.IsVersion11, "docker-registry 2.8 has no referrers");
        var image = await Talk.PushImageAsync("find/refs", "v1", "one");
        var subject = DescriptorOf(image);
        Assert.Empty((await ReferrersAsync($"/v2/find/refs/referrers/{subject.Digest}")).Manifests);
        var signature = await Talk.PushImageAsync("find/refs", "sig", "two", subject, "application/x.signature");
        var bill = await Talk.PushImageAsync("find/refs", "bill", "three", subject);
        var all = await ReferrersAsync($"/v2/find/refs/referrers/{subject.Digest}");
        Assert.Equal(
            [Digest.Of(signature).ToString(), Digest.Of(bill).ToString()],
            all.Manifests.OrderBy(m => m.Size == bill.Length).Select(m => m.Digest.ToString())
        );
        var filtered = await ReferrersAsync($"/v2/find/refs/referrers/{subject.Digest}?artifactType=application/x.signature");
        Assert.Equal(Digest.Of(signature), Assert.Single(filtered.Manifests).Digest);
        Assert.Equal(MediaTypes.OciConfig, all.Manifests.Single(m => m.Digest == Digest.Of(bill)).ArtifactType);
        Assert.Equal(202, (int)(await Talk.DeleteAsync($"/v2/find/refs/manifests/{Digest.Of(signature)}")).StatusCode);
        Assert.Equal(Digest.Of(bill), Assert.Single((await ReferrersAsync($"/v2/find/refs/referrers/{subject.Digest}")).Manifests).Digest);
        await AssertErrorAsync(400, "DIGEST_INVALID", await Talk.GetAsync("/v2/find/refs/referrers/nonsense"));
    }

    [SkippableFact]
    public async Task Discovery_of_referrers_to_what_is_not_here_yet()
    {
        Skip.IfNot(_peer!.IsVersion11, "docker-registry 2.8 has no referrers");
        var subject = new Descriptor
        {
            MediaType = MediaTypes.OciManifest,
            Digest = Digest.Of([5]),
            Size = 1,
        };
        var early = await Talk.ManifestAsync("find/early", "one", subject);
        using var answer = await Talk.PutManifestAsync("find/early", Digest.Of(early).ToString(), early);
        Assert.Equal(201, (int)answer.StatusCode);
        Assert.Equal(subject.Digest.ToString(), answer.Headers.GetValues("OCI-Subject").Single());
        Assert.Single((await ReferrersAsync($"/v2/find/early/referrers/{subject.Digest}")).Manifests);
    }

    [SkippableFact]
    public async Task Management_deletes_a_tag_and_keeps_the_manifest()
    {
        Skip.IfNot(_peer!.IsVersion11, "docker-registry 2.8 deletes no tags");
        var manifest = await Talk.PushImageAsync("manage/tag", "v1", "one");
        Assert.Equal(202, (int)(await Talk.DeleteAsync("/v2/manage/tag/manifests/v1")).StatusCode);
        await AssertErrorAsync(404, "MANIFEST_UNKNOWN", await Talk.GetAsync("/v2/manage/tag/manifests/v1"));
        Assert.Equal(200, (int)(await Talk.HeadAsync($"/v2/manage/tag/manifests/{Digest.Of(manifest)}")).StatusCode);
        await AssertErrorAsync(404, "MANIFEST_UNKNOWN", await Talk.DeleteAsync("/v2/manage/tag/manifests/v1"));
    }

    [SkippableFact]
    public async Task Management_deletes_a_manifest_with_its_tags()
    {
        var manifest = await Talk.PushImageAsync("manage/manifest", "v1", "one");
        (await Talk.PutManifestAsync("manage/manifest", "v2", manifest)).EnsureSuccessStatusCode();
        await Talk.PushImageAsync("manage/manifest", "other", "two");
        Assert.Equal(202, (int)(await Talk.DeleteAsync($"/v2/manage/manifest/manifests/{Digest.Of(manifest)}")).StatusCode);
        foreach (var reference in new[] { "v1", "v2", Digest.Of(manifest).ToString() })
            await AssertErrorAsync(404, "MANIFEST_UNKNOWN", await Talk.GetAsync($"/v2/manage/manifest/manifests/{reference}"));
        Assert.Equal(["other"], await TagsAsync("/v2/manage/manifest/tags/list"));
        await AssertErrorAsync(404, "MANIFEST_UNKNOWN", await Talk.DeleteAsync($"/v2/manage/manifest/manifests/{Digest.Of(manifest)}"));
    }

    [SkippableFact]
    public async Task Management_deletes_a_blob()
    {
        var digest = await Talk.PushBlobAsync("manage/blob", Hello);
        Assert.Equal(202, (int)(await Talk.DeleteAsync($"/v2/manage/blob/blobs/{digest}")).StatusCode);
        await AssertErrorAsync(404, "BLOB_UNKNOWN", await Talk.GetAsync($"/v2/manage/blob/blobs/{digest}"));
        await AssertErrorAsync(404, "BLOB_UNKNOWN", await Talk.DeleteAsync($"/v2/manage/blob/blobs/{digest}"));
    }

    [SkippableFact]
    public async Task The_base_says_which_api_it_is()
    {
        using var answer = await Talk.GetAsync("/v2/");
        Assert.Equal((200, "registry/2.0"), ((int)answer.StatusCode, answer.Headers.GetValues("Docker-Distribution-Api-Version").Single()));
        await AssertErrorAsync(400, "NAME_INVALID", await Talk.GetAsync("/v2/UPPER/Case/tags/list"), oracle: false);
    }

    Task<HttpResponseMessage> ChunkAsync(string location, byte[] bytes, int offset)
    {
        var body = RegistryTalk.Bytes(bytes);
        body.Headers.TryAddWithoutValidation("Content-Range", $"{offset}-{offset + bytes.Length - 1}");
        return Talk.SendAsync(HttpMethod.Patch, location, body);
    }

    static string RangeOf(HttpResponseMessage answer) =>
        (
            answer.Headers.TryGetValues("Range", out var values) || answer.Content.Headers.TryGetValues("Range", out values) ? values : []
        ).Single();

    static Descriptor DescriptorOf(byte[] manifest) =>
        new()
        {
            MediaType = MediaTypes.OciManifest,
            Digest = Digest.Of(manifest),
            Size = manifest.Length,
        };

    async Task<IEnumerable<string>> TagsAsync(string path)
    {
        using var answer = await Talk.GetAsync(path);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync());
        return json.RootElement.GetProperty("tags").EnumerateArray().Select(t => t.GetString()!).ToArray();
    }

    async Task<ImageIndex> ReferrersAsync(string path)
    {
        using var answer = await Talk.GetAsync(path);
        Assert.Equal((200, MediaTypes.OciIndex), ((int)answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        return ImageDocument.Index(await answer.Content.ReadAsByteArrayAsync());
    }

    async Task AssertErrorAsync(int status, string code, HttpResponseMessage answer, bool oracle = true)
    {
        if (!oracle && !_peer!.IsVersion11)
            return;
        using (answer)
            Assert.Equal((status, code), ((int)answer.StatusCode, await RegistryTalk.CodeAsync(answer)));
    }
}
