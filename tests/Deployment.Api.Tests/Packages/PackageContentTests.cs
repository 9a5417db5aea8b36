using System.IO.Compression;
using System.Xml.Linq;
using Deployment.Api.Tests.Scripts;

namespace Deployment.Api.Tests.Packages;

/// <summary>What lies in the packages that are published.</summary>
[Category("Local")]
public sealed class PackageContentTests
{
    private static readonly IReadOnlyList<Package> Packages = Package.All;
    private static readonly byte[] PngSignature = [137, 80, 78, 71, 13, 10, 26, 10];
    private string _folder = "";

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("packages-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestCaseSource(nameof(Packages))]
    public async Task Pack_EachProject_MakesACompletePackage(object package)
    {
        var tested = (Package)package;

        Shell pack = await Shell.RunAsync(Repository.Root, null, "dotnet", "pack", tested.ProjectPath, "--no-build", "-c", Repository.Configuration, "-o", _folder, "--nologo");

        pack.ExitCode.Should().Be(0, pack.Output);
        pack.Output.Should().NotContain("warn", "a package is published without warnings");
        using ZipArchive content = ZipFile.OpenRead(Directory.GetFiles(_folder, "*.nupkg").Single());
        content.Entries.Select(entry => entry.FullName).Should().Contain([
            "README.md", "icon.png", $"{tested.Name}.nuspec", $"lib/net10.0/{tested.Name}.dll", $"lib/net10.0/{tested.Name}.xml",
        ]);
        (await ReadAsync(content, "README.md")).Should().Equal(await File.ReadAllBytesAsync(Repository.PathOf("README.md")));
        (await ReadAsync(content, "icon.png")).Should().StartWith(PngSignature);
        CheckManifest(tested, XDocument.Parse(System.Text.Encoding.UTF8.GetString(await ReadAsync(content, tested.Name + ".nuspec")).TrimStart('\uFEFF')));
        using ZipArchive symbols = ZipFile.OpenRead(Directory.GetFiles(_folder, "*.snupkg").Single());
        symbols.Entries.Select(entry => entry.FullName).Should().Contain($"lib/net10.0/{tested.Name}.pdb");
    }

    private static void CheckManifest(Package tested, XDocument manifest)
    {
        string Value(string name) => manifest.Descendants().FirstOrDefault(element => element.Name.LocalName == name)?.Value ?? "";
        Value("id").Should().Be(tested.Name);
        Value("license").Should().Be("MIT");
        Value("readme").Should().Be("README.md");
        Value("icon").Should().Be("icon.png");
        Value("authors").Should().Be("The Deployment authors");
        Value("description").Should().NotBeNullOrWhiteSpace().And.NotBe("Package Description");
        manifest.Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => element.Attribute("id")!.Value)
            .Should().BeEquivalentTo(tested.References.Where(reference => !reference.EndsWith("Analyzers", StringComparison.Ordinal)));
    }

    private static async Task<byte[]> ReadAsync(ZipArchive archive, string name)
    {
        using var copy = new MemoryStream();
        await using Stream stream = archive.GetEntry(name)!.Open();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }
}
