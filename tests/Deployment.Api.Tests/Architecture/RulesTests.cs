using System.Diagnostics.CodeAnalysis;
using System.Xml.Linq;

namespace Deployment.Api.Tests.Architecture;

/// <summary>Each rule finds what breaks it: a check that can't fail would hold nothing.</summary>
[Category("Unit")]
public sealed class RulesTests
{
    [TestCase("Deployment.Core", "Microsoft.Extensions.Logging.Abstractions", true)]
    [TestCase("Deployment.Core", "Microsoft.Extensions.Options", true)]
    [TestCase("Deployment.Core", "Polly.Core", true)]
    [TestCase("Deployment.Core", "Microsoft.CodeAnalysis.BannedApiAnalyzers", true)]
    [TestCase("Deployment.Core", "Microsoft.Extensions.Hosting", false)]
    [TestCase("Deployment.Core", "AWSSDK.Core", false)]
    [TestCase("Deployment.Core", "Deployment.Strategies", false)]
    [TestCase("Deployment.Analysis", "MathNet.Numerics", true)]
    [TestCase("Deployment.Analysis", "Deployment.Core", true)]
    [TestCase("Deployment.Analysis", "Deployment.Strategies", false)]
    [TestCase("Deployment.Strategies", "Deployment.Core", true)]
    [TestCase("Deployment.Strategies", "Polly.Core", false)]
    [TestCase("Deployment.Testing", "NUnit", false)]
    [TestCase("Deployment.Testing", "Deployment.Strategies", false)]
    [TestCase("Deployment.Providers.Docker", "Some.Docker.Sdk", true)]
    [TestCase("Deployment.Providers.Docker", "Deployment.Providers.Local", false)]
    [TestCase("Deployment.Providers.Docker", "Deployment.Strategies", false)]
    [TestCase("Deployment.Unheard", "Deployment.Core", false)]
    public void References_OfEachKind_AreJudged(string package, string reference, bool allowed) =>
        ReferenceRules.Problems(package, [reference]).Should().HaveCount(allowed ? 0 : 1);

    [Test]
    public void References_OfAProject_AreFoundAsPackagesAndProjects() =>
        Package.ReferencesOf(XDocument.Parse("""
            <Project><ItemGroup>
              <PackageReference Include="Polly.Core" />
              <ProjectReference Include="..\Deployment.Strategies\Deployment.Strategies.csproj" />
            </ItemGroup></Project>
            """)).Should().Equal("Polly.Core", "Deployment.Strategies");

    [Test]
    public void OpenClasses_OnlyTheOpenOne_IsFound() =>
        TypeRules.OpenClasses([typeof(OpenClass), typeof(SealedClass), typeof(AbstractClass), typeof(StaticClass), typeof(IFace), typeof(Value), typeof(DeploymentException)])
            .Should().ContainSingle().Which.Should().Contain(nameof(OpenClass));

    [Test]
    public void Uncancellable_OnlyTheMethodWithoutAToken_IsFound() =>
        TypeRules.Uncancellable([typeof(Waiting)])
            .Should().BeEquivalentTo($"{typeof(Waiting).FullName}.ForEverAsync must take a CancellationToken as its last parameter.", $"{typeof(Waiting).FullName}.MisplacedAsync must take a CancellationToken as its last parameter.");

    [TestCase("Deployment.Core", "Store/Claim.cs", "Deployment.Store", true)]
    [TestCase("Deployment.Core", "Store/Claim.cs", "Deployment.Targets", false)]
    [TestCase("Deployment.Core", "Store/Files/Disk.cs", "Deployment.Store", false)]
    [TestCase("Deployment.Core", "DeploymentPipeline.cs", "Deployment", true)]
    [TestCase("Deployment.Strategies", "Canary/CanaryOptions.cs", "Deployment", false)]
    [TestCase("Deployment.Strategies", "Canary/CanaryPipelineExtensions.cs", "Deployment", true)]
    [TestCase("Deployment.Testing", "Time/Clock.cs", "Deployment.Testing", true)]
    [TestCase("Deployment.Testing", "Time/Clock.cs", "Deployment.Time", false)]
    public void Namespaces_OfEachKind_AreJudged(string package, string file, string declared, bool fits) =>
        (SourceRules.WrongNamespace(package, file, $"using System;\n\nnamespace {declared};\n") is null).Should().Be(fits);

    [Test]
    public void LeavesContext_ConfigureAwait_IsFound()
    {
        SourceRules.LeavesContext("A.cs", "await work.ConfigureAwait(false);").Should().Contain("A.cs");
        SourceRules.LeavesContext("A.cs", "await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);").Should().Contain("A.cs");
        SourceRules.LeavesContext("A.cs", "await work.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);").Should().BeNull();
        SourceRules.LeavesContext("A.cs", "await work;").Should().BeNull();
    }

    public class OpenClass;

    public sealed class SealedClass;

    public abstract class AbstractClass;

    public static class StaticClass;

    public interface IFace;

    public readonly record struct Value;

    public sealed class Waiting
    {
        public static Task ForEverAsync() => Task.CompletedTask;

        [SuppressMessage("Design", "CA1068", Justification = "It is the wrong sample.")]
        public static Task MisplacedAsync(CancellationToken cancellationToken, int times) => Task.FromResult((cancellationToken, times));

        public static Task WellAsync(int times, CancellationToken cancellationToken) => Task.FromResult((cancellationToken, times));
    }
}
