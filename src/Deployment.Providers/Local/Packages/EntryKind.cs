namespace Deployment.Providers.Local.Packages;

/// <summary>What an entry of a package is.</summary>
internal enum EntryKind
{
    /// <summary>A file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic or hard link.</summary>
    Link,

    /// <summary>A device, pipe, socket, or something that isn't known.</summary>
    Special,
}
