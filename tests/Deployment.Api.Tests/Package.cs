using System.Reflection;
using System.Xml.Linq;

namespace Deployment.Api.Tests;

/// <summary>A package: a project under src. The build lists them all, so a new one is tested without a word here.</summary>
internal sealed record Package(string Name, string ProjectPath)
{
    internal static IReadOnlyList<Package> All { get; } =
        [.. Repository.Packages.Select(path => new Package(Path.GetFileNameWithoutExtension(path), path)).OrderBy(package => package.Name, StringComparer.Ordinal)];

    internal string Folder => Path.GetDirectoryName(ProjectPath)!;

    internal Assembly Assembly => Assembly.Load(Name);

    /// <summary>Outside systems have one package each.</summary>
    internal bool IsProvider => Name.StartsWith("Deployment.Providers.", StringComparison.Ordinal);

    /// <summary>What the project says that it depends on: packages by id, projects by name.</summary>
    internal IReadOnlyList<string> References => ReferencesOf(XDocument.Load(ProjectPath));

    public override string ToString() => Name;

    internal static IReadOnlyList<string> ReferencesOf(XDocument project) =>
    [
        .. project.Descendants("PackageReference").Select(reference => reference.Attribute("Include")!.Value),
        .. project.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))),
    ];
}
