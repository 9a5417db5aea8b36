namespace Deployment.Testing;

/// <summary>An effect on a <see cref="FakeTarget"/>.</summary>
/// <param name="Number">Its place among the target's effects, counted from 1.</param>
/// <param name="Verb">The verb, such as <c>route</c>.</param>
/// <param name="Text">What the transcript says, such as <c>route shop_1.1.0_1=100</c>.</param>
public sealed record FakeEffect(int Number, string Verb, string Text);
