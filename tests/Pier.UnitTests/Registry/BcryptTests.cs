using Pier.Registry.Access;

namespace Pier.UnitTests.Registry;

public class BcryptTests
{
    // Made by Debian's htpasswd -nbB -C 5.
    const string Secret = "$2y$05$5xFOda3IFVx05iWDHKgwkeg/yB6PJAKwuy8WLO0W004PXGvfSNvVe";
    const string Empty = "$2y$05$1FKL7QPFM/hZVjtWX22Qf.0pRSuZ6HFSLMjmQ3V4iuQ5piYKdoOM6";
    const string Long = "$2y$05$OJlHLPzIUrSutWUo64U9ZuXaNDboWU6T2rxWHIyT7ynsVf1Km/Wdy";

    [Fact]
    public void Hashes_of_htpasswd_verify()
    {
        Assert.True(Bcrypt.Verify("secret", Secret));
        Assert.True(Bcrypt.Verify("", Empty));
        Assert.True(Bcrypt.Verify(new string('ä', 60), Long));
        Assert.True(Bcrypt.Verify("secret", Secret.Replace("$2y$", "$2a$", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Secret")]
    [InlineData("secre")]
    [InlineData("secretsecret")]
    [InlineData("")]
    public void Other_passwords_do_not(string password) => Assert.False(Bcrypt.Verify(password, Secret));

    [Theory]
    [InlineData("$2y$05$5xFOda3IFVx05iWDHKgwkeg/yB6PJAKwuy8WLO0W004PXGvfSNvV")]
    [InlineData("$2y$31$5xFOda3IFVx05iWDHKgwkeg/yB6PJAKwuy8WLO0W004PXGvfSNvVe")]
    [InlineData("$2y$03$5xFOda3IFVx05iWDHKgwkeg/yB6PJAKwuy8WLO0W004PXGvfSNvVe")]
    [InlineData("$1$x$y")]
    [InlineData("")]
    public void What_is_no_hash_of_reasonable_cost_is_none(string text) => Assert.False(Bcrypt.IsHash(text));

    [Fact]
    public void The_digits_of_pi() =>
        // The first words of the key array as the cipher's paper lists them.
        Assert.Equal([0x243F6A88u, 0x85A308D3u, 0x13198A2Eu, 0x03707344u], PiDigits.Words(4));
}
