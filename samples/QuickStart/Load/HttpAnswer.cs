namespace QuickStart.Load;

/// <summary>A whole answer.</summary>
internal sealed record HttpAnswer(int Status, string Body);
