namespace Deployment.Api.Tests.Scripts;

/// <summary>A small repository with the real scripts and tests that pass, fail, are skipped, or take their process down.</summary>
internal sealed class Trial
{
    // Kind stands for Category, so that the real script doesn't take these for categories of this repository.
    private const string Tests = """
        namespace Trial;

        public sealed class TrialTests
        {
            [Test, Kind("Passing")]
            public void Passes([Values(1, 2)] int number) => Assert.That(number, Is.GreaterThan(0));

            [Test, Kind("Failing")]
            public void Fails() => Assert.Fail("as it should");

            [Test, Kind("Skipping")]
            public void IsSkipped() => Assert.Ignore("Not on \"this\" system.");

            [Test, Kind("Lacking")]
            public void LacksAComponent() => Deployment.Tests.RealComponent.Require("a-program-that-nobody-has");

            [Test, Kind("Crashing")]
            public void Crashes() => Environment.FailFast("as it should");

            [Test, Kind("Soak"), Kind("Passing")]
            public void Soaks() => Assert.Fail("The long proofs must not run by themselves.");
        }
        """;

    private const string Beside = """
        namespace Beside;

        public sealed class BesideTests
        {
            [Test, Kind("Beside")]
            public void Passes() => Assert.Pass();

            [Test, Kind("BesideFailing")]
            public void Fails() => Assert.Fail("as it should");

            [Test, Kind("BesideCrashing")]
            public void Crashes() => Environment.FailFast("as it should");
        }
        """;

    private static readonly string[] Copied =
    [
        "Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig", "eng/test.sh", "eng/soak.sh", "eng/lib.sh", "eng/results.sh",
        "tests/Directory.Build.props", "tests/Shared/RealComponent.cs",
    ];

    private Trial(string folder) => Folder = folder;

    internal string Folder { get; }

    internal static async Task<Trial> CreateAsync(string folder)
    {
        foreach (string file in Copied)
        {
            string copy = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Repository.PathOf(file), copy);
        }

        string project = Path.Combine(folder, "tests/Trial.Tests");
        Directory.CreateDirectory(project);
        await File.WriteAllTextAsync(Path.Combine(project, "Trial.Tests.csproj"), "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        await File.WriteAllTextAsync(Path.Combine(project, "TrialTests.cs"), Tests.Replace("Kind(", "Category(", StringComparison.Ordinal) + "\n");
        string beside = Path.Combine(folder, "tests/Beside.Tests");
        Directory.CreateDirectory(beside);
        await File.WriteAllTextAsync(Path.Combine(beside, "Beside.Tests.csproj"), "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><RunsBeside>true</RunsBeside></PropertyGroup></Project>");
        await File.WriteAllTextAsync(Path.Combine(beside, "BesideTests.cs"), Beside.Replace("Kind(", "Category(", StringComparison.Ordinal) + "\n");
        foreach (string[] arguments in new[] { new[] { "new", "sln", "--format", "sln", "--name", "Deployment" }, ["sln", "Deployment.sln", "add", "tests/Trial.Tests", "tests/Beside.Tests"] })
        {
            Shell made = await Shell.RunAsync(folder, null, "dotnet", arguments);
            made.ExitCode.Should().Be(0, made.Output);
        }

        return new Trial(folder);
    }

    internal Task<Shell> TestAsync(params string[] categories) => TestAsync(null, categories);

    internal Task<Shell> TestInCiAsync(params string[] categories) => TestAsync(new Dictionary<string, string> { ["CI"] = "true" }, categories);

    internal Task WriteAsync(string file, string text) => File.WriteAllTextAsync(Path.Combine(Folder, file), text);

    internal Task<Shell> TestAsync(IReadOnlyDictionary<string, string>? variables, params string[] categories) =>
        Shell.RunAsync(Folder, variables, "bash", [Path.Combine(Folder, "eng/test.sh"), .. categories]);
}
