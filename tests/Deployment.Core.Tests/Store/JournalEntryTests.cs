using Deployment.Store;

namespace Deployment.Tests.Store;

[Category("Unit")]
public sealed class JournalEntryTests
{
    private static readonly DateTimeOffset Time = new(2026, 3, 4, 11, 5, 3, 655, TimeSpan.FromHours(2));

    [TestCase("web/install", "One instance accepts connections.", "09:05:03.655 StepSucceeded web/install: One instance accepts connections.")]
    [TestCase(null, "Everything was done.", "09:05:03.655 StepSucceeded: Everything was done.")]
    [TestCase("web/install", null, "09:05:03.655 StepSucceeded web/install")]
    public void ToString_ReadsAsALine(string? step, string? text, string expected) => new JournalEntry
    {
        Sequence = 7,
        At = Time,
        Epoch = 2,
        Kind = JournalEntryKind.StepSucceeded,
        Step = step,
        Text = text,
        Detail = new Dictionary<string, string> { ["a"] = "b" },
    }.ToString().Should().Be(expected);
}
