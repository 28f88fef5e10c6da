namespace Everything.Flat;

internal static class Only
{
    internal static void Run(this Store store) => store.Close();
}
