using Deployment.Api.Tests.Api;

namespace Deployment.Api.Tests;

/// <summary>A change of a package's public API shows in review as a changed text file.</summary>
[Category("Unit")]
public sealed class ApprovedApiTests
{
    private static readonly IReadOnlyList<Package> Packages = Package.All;

    [Test]
    public void Packages_ThatStand_AreFound() =>
        Packages.Select(package => package.Name).Should().Contain(["Deployment.Core", "Deployment.Strategies", "Deployment.Testing"]);

    [TestCaseSource(nameof(Packages))]
    public void Api_OfPackage_IsTheApprovedOne(object package)
    {
        var tested = (Package)package;
        if (Approval.Problem(Repository.Approved, tested.Name, ApiPrinter.Print(tested.Assembly)) is { } problem)
        {
            Assert.Fail(problem);
        }
    }

    [Test]
    public void Approved_TextsOfPackagesThatAreGone_AreRemoved() =>
        Directory.GetFiles(Repository.Approved, "*.txt").Where(file => !file.EndsWith(".received.txt", StringComparison.Ordinal))
            .Select(Path.GetFileNameWithoutExtension).Should().BeEquivalentTo(Packages.Select(package => package.Name));
}
