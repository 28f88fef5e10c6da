// A module's declaration, with every directive.
@Deprecated
open module shop.everything {
  requires java.sql;
  requires static transitive java.base;
  exports shop.api;
  exports shop.inner to shop.friend, shop.other;
  opens shop.data to shop.mapper;
  uses shop.spi.Service;
  provides shop.spi.Service with shop.impl.First, shop.impl.Second;
}
