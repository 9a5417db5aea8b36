using Deployment.Api.Tests.Api.Samples;

namespace Deployment.Api.Tests.Api;

[Category("Unit")]
public sealed class ApiPrinterTests
{
    [Test]
    public void Print_EachKindOfMember_IsWrittenAsInCode() =>
        ApiPrinter.Print([typeof(Sample<>), typeof(Noted), typeof(NotedExtensions), typeof(Kinds), typeof(Asks<>), typeof(Package)]).Should().Be("""
            namespace Deployment.Api.Tests.Api.Samples;

            public delegate string? Asks<in T>(T about, bool politely = true);

            [Flags]
            public enum Kinds
            {
                None = 0,
                Small = 1,
                Large = 2,
            }

            public sealed record Noted : IEquatable<Noted>
            {
                public Noted(string Name, int? Count = null);
                public int? Count { get; init; }
                public string Name { get; init; }
            }

            public static class NotedExtensions
            {
                public static Noted Again(this Noted noted, int times);
            }

            public abstract class Sample<T> : ICloneable where T : class?, new()
            {
                public const string Text = "a \"quoted\" one";
                protected Sample(T first, int times = 3, Kinds kinds = Kinds.Small | Kinds.Large);
                public T First { get; protected set; }
                public required string Name { get; init; }
                public IReadOnlyDictionary<string, List<string?>?>? Nested { get; }
                public event EventHandler? Happened;
                public abstract Task<TResult?> AskAsync<TResult>(Func<T, TResult?> ask, TimeSpan? patience = null, CancellationToken cancellationToken = default) where TResult : notnull;
                public object Clone();
                [Obsolete("Use another.")] public virtual bool TryFind(ref readonly int place, out T? found, params string[] names);
                public static bool op_LogicalNot(Sample<T> sample);

                public readonly record struct Point : IEquatable<Sample<T>.Point>
                {
                    public Point(int X, int Y);
                    public int X { get; init; }
                    public int Y { get; init; }
                }
            }

            """);

    [Test]
    public void Between_ChangedLine_IsShownWithItsSurroundings() =>
        TextDiff.Between("a\nb\nc\nd\ne\nf\ng", "a\nb\nc\nD\ne\nf\ng").Should().Be("...\n  b\n  c\n- d\n+ D\n  e\n  f");

    [Test]
    public void Between_EqualTexts_IsEmpty() => TextDiff.Between("a\nb", "a\nb").Should().BeEmpty();

    [Test]
    public void Problem_ApiDiffers_SaysWhatAndLeavesTheReceivedText()
    {
        string folder = Directory.CreateTempSubdirectory("approved-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "Some.txt"), "public class A\n");

            string? problem = Approval.Problem(folder, "Some", "public sealed class A\n");

            problem.Should().Contain("- public class A").And.Contain("+ public sealed class A").And.Contain("mv ");
            string received = Path.Combine(folder, "Some.received.txt");
            File.ReadAllText(received).Should().Be("public sealed class A\n");

            File.Move(received, Path.Combine(folder, "Some.txt"), overwrite: true);
            Approval.Problem(folder, "Some", "public sealed class A\n").Should().BeNull();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void Problem_NothingWasApprovedYet_IsAProblem()
    {
        string folder = Directory.CreateTempSubdirectory("approved-").FullName;
        try
        {
            Approval.Problem(folder, "New", "public sealed class A\n").Should().Contain("+ public sealed class A");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
