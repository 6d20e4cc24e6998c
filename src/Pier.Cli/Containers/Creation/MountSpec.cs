using System.Globalization;
using Pier.Cli.CommandLines;
using Pier.Model;

namespace Pier.Cli.Containers.Creation;

/// <summary>--mount: fields "key=value" with commas between, quoted as in CSV.</summary>
sealed class MountSpec
{
    readonly string _text;
    readonly Dictionary<string, string> _labels = [],
        _driverOptions = [];
    string _type = "volume",
        _source = "",
        _target = "",
        _consistency = "",
        _propagation = "",
        _driver = "",
        _volumeSubpath = "",
        _imageSubpath = "";
    bool _readOnly,
        _noCopy,
        _nonRecursive,
        _createMountpoint,
        _hasBind,
        _hasVolume,
        _hasTmpfs;
    string _recursive = "";
    long _size;
    uint _mode;

    MountSpec(string text) => _text = text;

    public static MountRequest Parse(string text)
    {
        var spec = new MountSpec(text);
        foreach (var field in CommaFields.Split(text))
            spec.Set(field);
        return spec.Build();
    }

    void Set(string field)
    {
        var equals = field.IndexOf('=');
        var key = (equals < 0 ? field : field[..equals]).ToLowerInvariant();
        if (equals < 0 && key is not ("readonly" or "ro" or "volume-nocopy" or "bind-nonrecursive" or "bind-create-src"))
            throw Invalid($"invalid field '{field}' must be a key=value pair");
        var value = equals < 0 ? "true" : field[(equals + 1)..];
        switch (key)
        {
            case "type":
                _type = value.ToLowerInvariant();
                break;
            case "source" or "src":
                _source = value.StartsWith('.') ? Path.GetFullPath(value) : value;
                break;
            case "target" or "dst" or "destination":
                _target = value;
                break;
            case "readonly" or "ro":
                _readOnly = Flag(key, value);
                break;
            case "consistency":
                _consistency = value.ToLowerInvariant();
                break;
            case "bind-propagation":
                (_propagation, _hasBind) = (value.ToLowerInvariant(), true);
                break;
            case "bind-nonrecursive":
                (_nonRecursive, _hasBind) = (Flag(key, value), true);
                break;
            case "bind-recursive":
                (_recursive, _hasBind) = (value, true);
                break;
            case "bind-create-src":
                (_createMountpoint, _hasBind) = (Flag(key, value), true);
                break;
            case "volume-subpath":
                (_volumeSubpath, _hasVolume) = (value, true);
                break;
            case "volume-nocopy":
                (_noCopy, _hasVolume) = (Flag(key, value), true);
                break;
            case "volume-driver":
                (_driver, _hasVolume) = (value, true);
                break;
            case "volume-label":
                Put(_labels, value);
                break;
            case "volume-opt":
                Put(_driverOptions, value);
                break;
            case "image-subpath":
                _imageSubpath = value;
                break;
            case "tmpfs-size":
                if (!OptionValues.TryParseBytes(value, out _size))
                    throw Invalid($"invalid value for {key}: {value}");
                _hasTmpfs = true;
                break;
            case "tmpfs-mode":
                try
                {
                    _mode = Convert.ToUInt32(value, 8);
                }
                catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
                {
                    throw Invalid($"invalid value for {key}: {value}");
                }
                _hasTmpfs = true;
                break;
            default:
                throw Invalid($"unexpected key '{key}' in '{field}'");
        }
    }

    MountRequest Build()
    {
        if (_type.Length == 0)
            throw Invalid("type is required");
        if (_target.Length == 0)
            throw Invalid("target is required");
        if (_hasVolume && _type != "volume")
            throw Invalid($"cannot mix 'volume-*' options with mount type '{_type}'");
        if (_hasBind && _type != "bind")
            throw Invalid($"cannot mix 'bind-*' options with mount type '{_type}'");
        if (_hasTmpfs && _type != "tmpfs")
            throw Invalid($"cannot mix 'tmpfs-*' options with mount type '{_type}'");
        return new MountRequest
        {
            Type = _type,
            Source = _source,
            Target = _target,
            ReadOnly = _readOnly,
            Consistency = _consistency,
            BindOptions = _hasBind ? Bind() : null,
            VolumeOptions = _hasVolume ? Volume() : null,
            ImageOptions = _imageSubpath.Length > 0 ? new ImageOptions { Subpath = _imageSubpath } : null,
            TmpfsOptions = _hasTmpfs ? new TmpfsOptions { SizeBytes = _size, Mode = _mode } : null,
        };
    }

    BindOptions Bind() =>
        new()
        {
            Propagation = _propagation,
            NonRecursive = _nonRecursive || _recursive == "disabled",
            CreateMountpoint = _createMountpoint,
            ReadOnlyNonRecursive = _recursive == "writable",
            ReadOnlyForceRecursive = _recursive == "readonly",
        };

    VolumeOptions Volume() =>
        new()
        {
            NoCopy = _noCopy,
            Subpath = _volumeSubpath,
            Labels = _labels.Count == 0 ? null : _labels,
            DriverConfig =
                _driver.Length == 0 && _driverOptions.Count == 0
                    ? null
                    : new VolumeDriverConfig { Name = _driver, Options = _driverOptions.Count == 0 ? null : _driverOptions },
        };

    void Put(Dictionary<string, string> map, string text)
    {
        var (key, value) = KeyValues.Split(text);
        map[key] = value;
        _hasVolume = true;
    }

    bool Flag(string key, string value) =>
        value.ToLowerInvariant() switch
        {
            "1" or "t" or "true" => true,
            "0" or "f" or "false" => false,
            _ => throw Invalid($"invalid value for {key}: {value}"),
        };

    UsageFailure Invalid(string reason) =>
        new(string.Create(CultureInfo.InvariantCulture, $"invalid argument \"{_text}\" for \"--mount\" flag: {reason}"));
}
