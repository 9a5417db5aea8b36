using System.Xml.Linq;

namespace Deployment.Api.Tests.Architecture;

/// <summary>The packages keep to the rules of the architecture.</summary>
[Category("Unit")]
public sealed class ArchitectureTests
{
    private static readonly IReadOnlyList<Package> Packages = Package.All;

    [TestCaseSource(nameof(Packages))]
    public void References_OfPackage_AreAllowed(object package) =>
        ReferenceRules.Problems(((Package)package).Name, ((Package)package).References).Should().BeEmpty();

    [TestCaseSource(nameof(Packages))]
    public void AssemblyReferences_OfPackage_NameNoOtherPackageThanAllowed(object package)
    {
        var tested = (Package)package;
        IEnumerable<string> own = tested.Assembly.GetReferencedAssemblies().Select(name => name.Name!).Where(name => name.StartsWith("Deployment.", StringComparison.Ordinal));
        ReferenceRules.Problems(tested.Name, own).Should().BeEmpty();
    }

    [TestCaseSource(nameof(Packages))]
    public void PublicClasses_OfPackage_AreSealedStaticOrAbstract(object package) =>
        TypeRules.OpenClasses(((Package)package).Assembly.GetTypes()).Should().BeEmpty();

    [TestCaseSource(nameof(Packages))]
    public void PublicMethodsThatWait_OfPackage_TakeACancellationTokenLast(object package) =>
        TypeRules.Uncancellable(((Package)package).Assembly.GetTypes()).Should().BeEmpty();

    [TestCaseSource(nameof(Packages))]
    public void Namespaces_OfPackage_TellTheFolder(object package)
    {
        var tested = (Package)package;
        SourceRules.Files(tested.Folder)
            .Select(file => SourceRules.WrongNamespace(tested.Name, Path.GetRelativePath(tested.Folder, file), File.ReadAllText(file)))
            .OfType<string>().Should().BeEmpty();
    }

    [TestCase("Deployment.Core")]
    [TestCase("Deployment.Testing")]
    public void Continuations_OfPackage_StayOnTheCallersContext(string package) =>
        SourceRules.Files(Package.All.Single(other => other.Name == package).Folder)
            .Select(file => SourceRules.LeavesContext(Repository.Relative(file), File.ReadAllText(file)))
            .OfType<string>().Should().BeEmpty();

    [Test]
    public void Solution_HasEveryProject()
    {
        string solution = File.ReadAllText(Repository.PathOf("Deployment.sln")).Replace('\\', '/');
        string[] folders = ["src", "tests", "samples", "benchmarks"];
        folders.Select(Repository.PathOf).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj", SearchOption.AllDirectories))
            .Select(Repository.Relative)
            .Where(project => !solution.Contains($"\"{project}\"", StringComparison.Ordinal))
            .Should().BeEmpty("a project that is not in the solution is not built by ./eng/test.sh");
    }

    [Test]
    public void Projects_OfPackages_AreDescribed() =>
        Packages.Where(package => string.IsNullOrWhiteSpace(XDocument.Load(package.ProjectPath).Descendants("Description").FirstOrDefault()?.Value))
            .Should().BeEmpty();
}
