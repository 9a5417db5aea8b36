using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Packages;

/// <summary>
/// Stands below a zip while its directory is read, all of it at once and into an object for each entry, and counts the entries as they pass: what
/// the zip says about their number may be a lie, and tens of millions fit into a file of ordinary size.
/// </summary>
internal sealed class DirectoryGuard(Stream inner, PackageSource package) : PassingStream(inner)
{
    // The end of the file is read to look for the directory, and parts of it twice; names and comments may look like an entry.
    private const int Tolerance = 1000;

    private static ReadOnlySpan<byte> Entry => "PK\x01\x02"u8;

    private bool _watching = true;
    private long _seen;

    /// <summary>The directory was read; what is read now is content.</summary>
    public void Rest() => _watching = false;

    protected override void Passed(ReadOnlySpan<byte> bytes)
    {
        if (_watching && (_seen += bytes.Count(Entry)) > (2L * package.MaxEntries) + Tolerance)
        {
            throw Budget.TooMany(package);
        }
    }
}
