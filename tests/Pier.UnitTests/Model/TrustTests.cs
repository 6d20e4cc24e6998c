using System.Security.Cryptography;
using System.Text;
using Pier.Model;
using Pier.Model.Trust;

namespace Pier.UnitTests.Model;

public class TrustTests
{
    static readonly ImageReference App = ImageReference.Parse("registry.example:5000/team/app:1");
    static readonly Digest Image = Digest.Of("image"u8),
        Other = Digest.Of("other"u8);

    [Fact]
    public void A_signature_is_one_keys_of_one_digest()
    {
        using var mine = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var yours = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signature = ImageSignature.Make(App, Image, mine);
        Assert.True(signature.IsOf(Image, mine));
        Assert.False(signature.IsOf(Other, mine));
        Assert.False(signature.IsOf(Image, yours));
        Assert.False((signature with { Signature = [.. signature.Signature[..^1], 0] }).IsOf(Image, mine));
        Assert.False((signature with { Signature = [] }).IsOf(Image, mine));
    }

    // What cosign 2 writes.
    [Fact]
    public void The_payload_is_cosigns()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var payload = Encoding.UTF8.GetString(ImageSignature.Make(App, Image, key).Payload);
        Assert.Equal(
            $$$"""{"critical":{"identity":{"docker-reference":"registry.example:5000/team/app"},"image":{"docker-manifest-digest":"{{{Image}}}"},"type":"cosign container image signature"},"optional":null}""",
            payload
        );
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("""{"critical":{"identity":{"docker-reference":"x"},"image":{},"type":"cosign container image signature"}}""")]
    [InlineData(
        """{"critical":{"identity":{"docker-reference":"x"},"image":{"docker-manifest-digest":"DIGEST"},"type":"atomic container signature"},"optional":null}"""
    )]
    public void A_signed_document_of_another_kind_is_no_signature(string text)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var payload = Encoding.UTF8.GetBytes(text.Replace("DIGEST", Image.ToString(), StringComparison.Ordinal));
        Assert.False(
            new ImageSignature(payload, key.SignData(payload, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)).IsOf(
                Image,
                key
            )
        );
    }

    [Fact]
    public void The_longest_scope_decides()
    {
        var policy = TrustPolicy.Parse(
            """{"scopes":{"registry.example:5000":["a.pub"],"registry.example:5000/team":["b.pub","c.pub"],"registry.example:5000/team/free":[]}}"""u8
        );
        Assert.Equal(["b.pub", "c.pub"], policy.KeysOf(App));
        Assert.Equal(["a.pub"], policy.KeysOf(ImageReference.Parse("registry.example:5000/teams/app")));
        Assert.Empty(policy.KeysOf(ImageReference.Parse("registry.example:5000/team/free"))!);
        Assert.Null(policy.KeysOf(ImageReference.Parse("busybox")));
        Assert.Equal(["d"], TrustPolicy.Parse("""{"default":["d"]}"""u8).KeysOf(App));
        Assert.Throws<InvalidParameterException>(() => TrustPolicy.Parse("{"u8));
    }
}
