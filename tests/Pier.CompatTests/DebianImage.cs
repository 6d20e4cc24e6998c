using System.Security.Cryptography;
using System.Text;

namespace Pier.CompatTests;

/// <summary>
/// An image of real programs: Debian packages with everything that they depend on, unpacked as they are (no maintainer script runs). The
/// archive is made once and kept among the build's artifacts.
/// </summary>
static class DebianImage
{
    static readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Loads an image with these packages (dash and coreutils are always there) under a name.</summary>
    public static async Task ImportAsync(Client client, string name, params string[] packages)
    {
        var archive = await ArchiveAsync([.. packages, "dash", "coreutils", "base-files", "base-passwd", "libc-bin"]);
        var import = await client.RunAsync("import", archive, name);
        Assert.True(import.Code == 0, import.Error);
    }

    /// <summary>The root file system as a tar.</summary>
    static async Task<string> ArchiveAsync(string[] packages)
    {
        await _gate.WaitAsync();
        try
        {
            var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', packages.Order()))))[..16];
            var directory = Directory.CreateDirectory(Path.Combine(PierDaemon.RepositoryRoot(), "artifacts", "debian")).FullName;
            var archive = Path.Combine(directory, key + ".tar");
            if (File.Exists(archive))
                return archive;
            var work = Directory.CreateTempSubdirectory("pier-debian-").FullName;
            try
            {
                var made = await Commands.RunAsync("bash", ["-c", Script, "debian", work, archive, .. packages]);
                Assert.True(made.Code == 0, made.Error);
                return archive;
            }
            finally
            {
                Directory.Delete(work, recursive: true);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    // Debian 12 has /bin, /sbin and /lib merged into /usr: the links come first, and tar must keep them.
    const string Script = """
        set -euo pipefail
        work=$1; archive=$2; shift 2
        mkdir -p "$work/archives/partial" "$work/root"; : >"$work/status"
        apt-get -qq -y --no-install-recommends --download-only -o Debug::NoLocking=1 -o Dir::State::status="$work/status" -o Dir::Cache::archives="$work/archives" \
            -o APT::Sandbox::User=root install "$@" >/dev/null
        cd "$work/root"
        mkdir -p usr/bin usr/sbin usr/lib usr/lib64 proc sys dev run tmp root var/run etc
        chmod 1777 tmp
        for name in bin sbin lib lib64; do ln -s "usr/$name" "$name"; done
        for package in "$work"/archives/*.deb; do dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink; done
        [ -e bin/sh ] || ln -s dash usr/bin/sh
        cp usr/share/base-passwd/passwd.master etc/passwd
        cp usr/share/base-passwd/group.master etc/group
        rm -rf usr/share/doc usr/share/man usr/share/locale usr/share/info
        tar -cf "$archive.new" .
        mv "$archive.new" "$archive"
        """;
}
