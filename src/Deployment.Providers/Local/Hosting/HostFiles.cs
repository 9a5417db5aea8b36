using System.Collections.Concurrent;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Deployment.Store.Files;

namespace Deployment.Providers.Local.Hosting;

/// <summary>
/// Copies what the supervisor needs into the state folder, under a hash of its content: it outlives the deployer,
/// whose own files may be built anew meanwhile.
/// </summary>
internal static class HostFiles
{
    private static readonly ConcurrentDictionary<StateFolder, HostCommand> Placed = new();

    /// <summary>
    /// Makes sure that a copy is there which this process has looked at once: reading and hashing all of it takes longer than a switch of
    /// traffic, and every effect comes by here.
    /// </summary>
    /// <exception cref="DeploymentException">As for <see cref="Place"/>.</exception>
    public static void EnsurePlaced(StateFolder folder)
    {
        if (!Placed.TryGetValue(folder, out HostCommand? command) || !File.Exists(command.Assembly) || !Path.Exists(folder.CurrentHost))
        {
            Placed[folder] = Place(folder);
        }
    }

    /// <summary>Makes sure that the copy is there.</summary>
    /// <exception cref="DeploymentException">The assemblies are not files (a single-file application), or no host can run them.</exception>
    public static HostCommand Place(StateFolder folder)
    {
        string dotnet = DotnetHost.Find();
        IReadOnlyList<string> files = Needed(dotnet);
        string place = PlaceOf(folder, files);
        if (!IsWhole(place, files))
        {
            Copy(folder, files, place);
        }

        if (!Path.Exists(folder.CurrentHost))
        {
            HostCopies.Point(folder, place);
        }

        return CommandOf(dotnet, place, files);
    }

    /// <summary>How what <see cref="Place"/> copies is started. Nothing is copied.</summary>
    /// <exception cref="DeploymentException">As for <see cref="Place"/>.</exception>
    public static HostCommand Locate(StateFolder folder)
    {
        string dotnet = DotnetHost.Find();
        IReadOnlyList<string> files = Needed(dotnet);
        return CommandOf(dotnet, PlaceOf(folder, files), files);
    }

    public static string RuntimeConfigOf(string assembly) => Path.ChangeExtension(assembly, ".runtimeconfig.json");

    /// <summary>This assembly and all that it refers to, without what the shared frameworks have.</summary>
    internal static IReadOnlyList<string> Needed(string dotnet)
    {
        var files = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<Assembly>([typeof(HostFiles).Assembly]);
        while (open.TryDequeue(out Assembly? assembly))
        {
            files.Add(FileOf(assembly));
            foreach (AssemblyName reference in assembly.GetReferencedAssemblies())
            {
                if (seen.Add(reference.Name!) && !DotnetHost.IsFrameworkAssembly(dotnet, reference.Name!))
                {
                    open.Enqueue(Assembly.Load(reference));
                }
            }
        }

        return files;
    }

    private static string PlaceOf(StateFolder folder, IReadOnlyList<string> files) => Path.Combine(folder.Hosts, HashOf(files));

    private static HostCommand CommandOf(string dotnet, string place, IReadOnlyList<string> files) => new(dotnet, Path.Combine(place, Path.GetFileName(files[0])));

    private static string FileOf(Assembly assembly) => assembly.Location is { Length: > 0 } location
        ? location
        : throw new DeploymentException(
            $"{assembly.GetName().Name} is not a file: this application was published as a single file. "
            + "Local targets start their supervisor from the library's own dlls; publish without PublishSingleFile.");

    private static string HashOf(IReadOnlyList<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in files.OrderBy(Path.GetFileName, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(file)));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static void Copy(StateFolder folder, IReadOnlyList<string> files, string place)
    {
        // Made aside and renamed: a folder of that name is always whole. Two deployers may do it at once.
        StateFolder.Create(folder.Hosts);
        string aside = Directory.CreateTempSubdirectory("deployment-host-").FullName;
        string near = Path.Combine(folder.Hosts, Path.GetFileName(aside));
        Directory.CreateDirectory(near);
        Directory.Delete(aside);
        foreach (string file in files)
        {
            File.Copy(file, Path.Combine(near, Path.GetFileName(file)));
        }

        File.WriteAllText(RuntimeConfigOf(Path.Combine(near, Path.GetFileName(files[0]))), RuntimeConfig());
        Flush(near);
        Replace(place, near, files);
        AtomicFile.FlushFolder(folder.Hosts);
    }

    // A few files: flushing the whole file system, as for a package, may take long on a busy machine.
    private static void Flush(string near)
    {
        foreach (string copy in Directory.GetFiles(near))
        {
            using var open = new FileStream(copy, FileMode.Open, FileAccess.ReadWrite);
            open.Flush(flushToDisk: true);
        }

        AtomicFile.FlushFolder(near);
    }

    private static void Replace(string place, string near, IReadOnlyList<string> files)
    {
        try
        {
            if (Directory.Exists(place) && !IsWhole(place, files))
            {
                // Nothing can run from it.
                Directory.Move(place, near + ".broken");
            }

            Directory.Move(near, place);
        }
        catch (IOException) when (IsWhole(place, files))
        {
            // Another deployer was faster.
            Directory.Delete(near, recursive: true);
        }

        if (Directory.Exists(near + ".broken"))
        {
            Directory.Delete(near + ".broken", recursive: true);
        }
    }

    // Of an earlier version, which didn't make its copies durable, a power failure may have left files without their content.
    private static bool IsWhole(string place, IReadOnlyList<string> files) =>
        Directory.Exists(place)
        && new FileInfo(RuntimeConfigOf(Path.Combine(place, Path.GetFileName(files[0])))) is { Exists: true, Length: > 0 }
        && files.All(file => SameContent(file, Path.Combine(place, Path.GetFileName(file))));

    private static bool SameContent(string file, string copy) =>
        new FileInfo(copy) is { Exists: true } there && there.Length == new FileInfo(file).Length && File.ReadAllBytes(file).AsSpan().SequenceEqual(File.ReadAllBytes(copy));

    private static string RuntimeConfig() => $$"""
        {
          "runtimeOptions": {
            "tfm": "net{{Environment.Version.Major}}.0",
            "frameworks": [
              { "name": "Microsoft.NETCore.App", "version": "{{Environment.Version.Major}}.0.0" },
              { "name": "Microsoft.AspNetCore.App", "version": "{{Environment.Version.Major}}.0.0" }
            ],
            "configProperties": {
              "System.GC.Server": false,
              "System.Globalization.Invariant": true
            }
          }
        }

        """;
}
