using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Packages;

/// <summary>What a package may still take while it is unpacked. It counts what is really written; what the package claims doesn't matter.</summary>
internal sealed class Budget
{
    // Small things may be packed as well as they can: a bomb needs size.
    private const long FreeOfRatio = 1024 * 1024;

    private readonly PackageSource _package;
    private readonly long _byRatio;
    private readonly long _byDisk;
    private long _bytes;
    private int _entries;

    /// <param name="package">The limits.</param>
    /// <param name="packed">How long the package itself is; null for a folder, which isn't packed.</param>
    /// <param name="free">How much the disk has free.</param>
    public Budget(PackageSource package, long? packed, long free)
    {
        _package = package;
        _byRatio = packed is { } length && length < long.MaxValue / package.MaxRatio / 2 ? Math.Max(FreeOfRatio, length * package.MaxRatio) : long.MaxValue;
        _byDisk = Math.Max(0, free - package.MinFreeBytes);
    }

    public void Enter()
    {
        if (++_entries > _package.MaxEntries)
        {
            throw TooMany(_package);
        }
    }

    public static DeploymentException TooMany(PackageSource package) =>
        new($"The package '{package.Path}' has more than {package.MaxEntries} entries. Raise Packages.Entries if that is right.");

    public void Take(int bytes)
    {
        _bytes += bytes;
        if (_bytes > _package.MaxBytes)
        {
            throw new DeploymentException($"The package '{_package.Path}' holds more than {_package.MaxBytes} bytes. Raise Packages.Bytes if that is right.");
        }

        if (_bytes > _byRatio)
        {
            throw new DeploymentException($"The package '{_package.Path}' is more than {_package.MaxRatio} times larger unpacked than packed, as what is made to fill disks is. Raise Packages.Ratio if that is right.");
        }

        if (_bytes > _byDisk)
        {
            throw new DeploymentException($"The package '{_package.Path}' doesn't fit on the disk of the state folder: {_byDisk} bytes may be used, and {_package.MinFreeBytes} must stay free. Make room, or lower Packages.FreeBytes.");
        }
    }
}
