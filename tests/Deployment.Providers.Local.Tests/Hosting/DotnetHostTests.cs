using Deployment.Providers.Local.Hosting;

namespace Deployment.Providers.Local.Tests.Hosting;

[Category("Unit")]
public sealed class DotnetHostTests
{
    private static readonly string Real = DotnetHost.Find();

    [Test]
    public void Find_ApplicationWithItsOwnHost_TakesTheRuntimesHost() =>
        Frameworks(DotnetHost.Find(_ => null, "/opt/shop/deployer", System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory())).Should().Be(Frameworks(Real));

    [Test]
    public void Find_OnlyInPath_TakesThat() =>
        DotnetHost.Find(name => name == "PATH" ? Path.GetDirectoryName(Real) : null, "/opt/shop/deployer", "").Should().Be(Path.Combine(Path.GetDirectoryName(Real)!, "dotnet"));

    [Test]
    public void Find_Nowhere_TellsWhatToInstall() =>
        FluentActions.Invoking(() => DotnetHost.Find(_ => null, "/opt/shop/deployer", ""))
            .Should().Throw<DeploymentException>().WithMessage("*ASP.NET Core*DOTNET_ROOT*");

    [Test]
    public void Needed_HasThisAssemblyAndNoFrameworkAssembly()
    {
        string[] files = [.. HostFiles.Needed(Real).Select(file => Path.GetFileName(file)!)];

        files[0].Should().Be("Deployment.Providers.Local.dll");
        files.Should().Contain("Deployment.Core.dll").And.OnlyHaveUniqueItems();
        files.Should().NotContain(file => file.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || file.StartsWith("System.", StringComparison.Ordinal));
    }

    private static string Frameworks(string host) => Path.GetDirectoryName(File.ResolveLinkTarget(host, returnFinalTarget: true)?.FullName ?? host)!;
}
