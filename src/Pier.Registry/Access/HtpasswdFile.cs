using Pier.Model;

namespace Pier.Registry.Access;

/// <summary>An Apache password file: "user:hash" lines. Read again when it was changed; only bcrypt hashes count.</summary>
sealed class HtpasswdFile
{
    readonly string _path;
    readonly Lock _gate = new();
    Dictionary<string, string> _hashes = [];
    DateTime _read;

    /// <summary>Throws <see cref="InvalidParameterException"/> when the file cannot be read or has hashes of another kind.</summary>
    public HtpasswdFile(string path)
    {
        _path = path;
        try
        {
            Load(File.GetLastWriteTimeUtc(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidParameterException($"could not read the password file: {e.Message}", e);
        }
    }

    /// <summary>A user's hash, or null.</summary>
    public string? HashOf(string user)
    {
        lock (_gate)
        {
            try
            {
                if (File.GetLastWriteTimeUtc(_path) is var written && written != _read && File.Exists(_path))
                    Load(written);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidParameterException)
            {
                // A file that is being replaced badly must not lock everybody out: the last good one counts.
            }
            return _hashes.GetValueOrDefault(user);
        }
    }

    void Load(DateTime written)
    {
        var hashes = new Dictionary<string, string>();
        foreach (var line in File.ReadLines(_path).Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#'))
        {
            var colon = line.IndexOf(':');
            if (colon <= 0)
                throw new InvalidParameterException($"{_path}: a line without user and hash");
            if (!Bcrypt.IsHash(line[(colon + 1)..]))
                throw new InvalidParameterException($"{_path}: the hash of {line[..colon]} is not bcrypt: make it with htpasswd -B");
            hashes[line[..colon]] = line[(colon + 1)..];
        }
        (_hashes, _read) = (hashes, written);
    }
}
